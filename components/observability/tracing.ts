import { stringify } from "yaml";
import * as pod from "../pod";
import type { WorkloadArgs } from "../workload";
import { monitoringNamespace } from "./names";

/** Traces: services send to the collector, which samples, masks and passes on to Jaeger (S-146). */
export interface TracingArgs {
  system: string;
  /** Images by digest: OpenTelemetry Collector (contrib), Jaeger v2. */
  images: { collector: string; jaeger: string };
  /** Where traces are kept: an OpenSearch with its credentials' Secret (`user`, `password`), or the pod's own disk. */
  storage: { kind: "opensearch"; url: string; credentials: string } | { kind: "memory" };
  /** Share of ordinary traces that is kept, in percent; errors and slow ones are kept all. @default 5 */
  samplePercent?: number;
  /** Milliseconds from which a request is slow. @default 500 */
  slowMs?: number;
  /** Days traces are kept. @default 7 */
  days?: number;
}

export const otlpPort = 4317;
export const collectorName = "otel-collector";

/** Attributes that may hold secrets or people's data, taken out before anything is stored (S-144). */
const masked = {
  deleted: [
    "http.request.header.authorization",
    "http.request.header.cookie",
    "http.response.header.set-cookie",
    "db.query.parameter",
    "enduser.id",
    "user.email",
  ],
  /** Values that look like tokens, mailboxes or card numbers, wherever they stand. */
  patterns: ["(?i)bearer\\s+[a-z0-9._~+/-]+=*", "[\\w.+-]+@[\\w-]+\\.[\\w.]+", "\\b(?:\\d[ -]?){13,16}\\b"],
};

/** The collector's settings as it reads them. Source: opentelemetry.io/docs/collector, contrib 0.158. */
export function collectorConfig({ samplePercent = 5, slowMs = 500 }: TracingArgs): string {
  return stringify(
    {
      extensions: { health_check: { endpoint: "0.0.0.0:13133" }, file_storage: { directory: "/var/lib/otelcol" } },
      receivers: {
        "otlp/peers": { protocols: { grpc: { endpoint: "0.0.0.0:4319" } } },
        otlp: {
          protocols: {
            grpc: { endpoint: `0.0.0.0:${otlpPort}`, max_recv_msg_size_mib: 8 },
            http: { endpoint: "0.0.0.0:4318" },
          },
        },
      },
      processors: {
        // First: what does not fit is refused at the door instead of ending the process.
        memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 25 },
        attributes: { actions: masked.deleted.map(key => ({ key, action: "delete" })) },
        redaction: { allow_all_keys: true, blocked_values: masked.patterns, summary: "silent" },
        tail_sampling: {
          decision_wait: "10s",
          num_traces: 50_000,
          policies: [
            { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
            { name: "slow", type: "latency", latency: { threshold_ms: slowMs } },
            { name: "rest", type: "probabilistic", probabilistic: { sampling_percentage: samplePercent } },
          ],
        },
        batch: { send_batch_size: 2_048, timeout: "2s" },
      },
      exporters: {
        "otlp/jaeger": {
          endpoint: `jaeger.${monitoringNamespace}.svc:${otlpPort}`,
          // Both live in one namespace that nobody else may send into.
          tls: { insecure: true },
          sending_queue: { enabled: true, queue_size: 5_000, storage: "file_storage" },
          retry_on_failure: { enabled: true, initial_interval: "1s", max_interval: "30s", max_elapsed_time: "10m" },
        },
        // All spans of a trace must meet in one collector, or tail sampling sees halves.
        loadbalancing: {
          routing_key: "traceID",
          protocol: { otlp: { tls: { insecure: true } } },
          resolver: { dns: { hostname: `${collectorName}.${monitoringNamespace}.svc`, port: "4319" } },
        },
      },
      service: {
        extensions: ["health_check", "file_storage"],
        telemetry: {
          metrics: { readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: 8888 } } } }] },
          logs: { encoding: "json" },
        },
        pipelines: {
          "traces/in": { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["loadbalancing"] },
          "traces/sampled": {
            receivers: ["otlp/peers"],
            processors: ["memory_limiter", "attributes", "redaction", "tail_sampling", "batch"],
            exporters: ["otlp/jaeger"],
          },
        },
      },
    },
    { aliasDuplicateObjects: false },
  );
}

/** Jaeger's settings as it reads them: a collector with a store and a page. Source: jaegertracing.io/docs, v2. */
export function jaegerConfig({ storage, days = 7 }: TracingArgs): string {
  const backend =
    storage.kind === "opensearch"
      ? {
          opensearch: {
            server_urls: [storage.url],
            auth: { basic: { username: "${env:STORE_USER}", password: "${env:STORE_PASSWORD}" } },
            indices: { spans: { shards: 3, replicas: 1 }, services: { shards: 1, replicas: 1 } },
            rollover_frequency: "day",
          },
        }
      : { memory: { max_traces: 20_000 } };
  return stringify({
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: "0.0.0.0:13133" } },
      jaeger_storage: { backends: { traces: backend } },
      jaeger_query: { storage: { traces: "traces" }, base_path: "/", max_clock_skew_adjust: "0s" },
    },
    receivers: { otlp: { protocols: { grpc: { endpoint: `0.0.0.0:${otlpPort}` } } } },
    processors: { batch: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: "traces" } },
    service: {
      extensions: ["jaeger_storage", "jaeger_query", "healthcheckv2"],
      pipelines: {
        traces: { receivers: ["otlp"], processors: ["batch"], exporters: ["jaeger_storage_exporter"] },
      },
      telemetry: {
        resource: { "service.name": "jaeger", "greenlight.retention_days": String(days) },
        metrics: {
          level: "detailed",
          readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: 8888 } } } }],
        },
        logs: { encoding: "json" },
      },
    },
  });
}

/** Collector and Jaeger as workloads. */
export function tracingWorkloads(args: TracingArgs): { collector: WorkloadArgs; jaeger: WorkloadArgs } {
  const { system, images, storage } = args;
  const ours = { namespaceSelector: { matchLabels: { "app.kubernetes.io/part-of": system } } };
  const self = pod.podsNamed(collectorName);
  const common = { system, namespace: monitoringNamespace, user: 10001 };
  const prometheus = { podSelector: { matchLabels: { prometheus: "prometheus" } } };
  return {
    collector: {
      ...common,
      name: collectorName,
      image: images.collector,
      // A name for each: the balancer among them looks their addresses up.
      named: true,
      replicas: 3,
      cpu: "200m",
      memory: "1Gi",
      args: ["--config=/etc/otelcol/config.yaml"],
      ports: { otlp: otlpPort, "otlp-http": 4318, peers: 4319, metrics: 8888, health: 13133 },
      metrics: { port: "metrics" },
      probe: { port: "health", live: "/", ready: "/" },
      config: { mountPath: "/etc/otelcol", files: { "config.yaml": collectorConfig(args) } },
      scratch: { "/var/lib/otelcol": "2Gi" },
      graceSeconds: 60,
      ingress: [
        { from: [ours], ports: pod.tcp(otlpPort, 4318) },
        { from: [self], ports: pod.tcp(4319) },
        { from: [prometheus], ports: pod.tcp(8888) },
      ],
      egress: [
        { to: [self], ports: pod.tcp(4319) },
        { to: [pod.podsNamed("jaeger")], ports: pod.tcp(otlpPort) },
      ],
    },
    jaeger: {
      ...common,
      name: "jaeger",
      image: images.jaeger,
      // In memory each would hold the traces that came to it, and one page would show half of them.
      replicas: storage.kind === "memory" ? 1 : 3,
      cpu: "200m",
      memory: "1Gi",
      args: ["--config=/etc/jaeger/config.yaml"],
      ports: { query: 16686, otlp: otlpPort, metrics: 8888, health: 13133 },
      metrics: { port: "metrics" },
      probe: { port: "health", live: "/status", ready: "/status" },
      config: { mountPath: "/etc/jaeger", files: { "config.yaml": jaegerConfig(args) } },
      env:
        storage.kind === "opensearch"
          ? ["user", "password"].map(key => ({
              name: `STORE_${key.toUpperCase()}`,
              valueFrom: { secretKeyRef: { name: storage.credentials, key } },
            }))
          : [],
      ingress: [
        { from: [self], ports: pod.tcp(otlpPort) },
        { from: [pod.podsNamed("grafana")], ports: pod.tcp(16686) },
        { from: [prometheus], ports: pod.tcp(8888) },
      ],
      egress: storage.kind === "opensearch" ? [{ to: [pod.outside], ports: pod.tcp(443, 9200) }] : [],
    },
  };
}
