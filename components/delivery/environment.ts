import type { EnvVar } from "../pod";

/** What a container of ours is told of itself: its settings, its secrets, where traces go, where its certificate lies. */
export function environmentOf(a: {
  name: string;
  system: string;
  env?: Record<string, string>;
  secrets?: Record<string, { name: string; key: string }>;
  traces?: string;
  tls?: boolean;
}): EnvVar[] {
  const tracing = a.traces
    ? {
        OTEL_SERVICE_NAME: a.name,
        OTEL_EXPORTER_OTLP_ENDPOINT: a.traces,
        OTEL_TRACES_SAMPLER: "parentbased_always_on",
        OTEL_RESOURCE_ATTRIBUTES: `service.namespace=${a.system}`,
      }
    : {};
  const tls = a.tls
    ? { TLS_CERT_FILE: "/tls/tls.crt", TLS_KEY_FILE: "/tls/tls.key", TLS_CA_FILE: "/roots/ca.crt" }
    : {};
  return [
    ...Object.entries({ ...tracing, ...tls, ...a.env }).map(([name, value]) => ({ name, value })),
    ...Object.entries(a.secrets ?? {}).map(([name, secretKeyRef]) => ({ name, valueFrom: { secretKeyRef } })),
  ];
}
