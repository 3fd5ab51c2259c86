import { readAll } from "./kubernetes";
import type { Resource } from "./resource";
import type { ExampleResource, Subject } from "./rule";

/** A certificate of cert-manager. Source: cert-manager.io/v1. */
export interface Certificate {
  metadata?: { name?: string; namespace?: string };
  spec?: {
    isCA?: boolean;
    duration?: string;
    renewBefore?: string;
    renewBeforePercentage?: number;
    secretName?: string;
    privateKey?: { rotationPolicy?: string; algorithm?: string; size?: number };
    issuerRef?: { name?: string; kind?: string };
  };
}

export function certificates(resource: Resource): Subject<Certificate>[] {
  if (resource.group !== "cert-manager.io" || resource.kind !== "Certificate") return [];
  return [{ resource, path: "", read: () => readAll<Certificate>(resource) }];
}

/** A sound certificate with parts of its spec changed, for examples. */
export const certificate = (spec: object = {}): ExampleResource[] => [
  {
    type: "kubernetes:cert-manager.io/v1:Certificate",
    name: "web",
    props: {
      metadata: { name: "web", namespace: "shop" },
      spec: {
        secretName: "web-tls",
        dnsNames: ["web"],
        duration: "2160h",
        renewBeforePercentage: 33,
        privateKey: { rotationPolicy: "Always" },
        issuerRef: { kind: "ClusterIssuer", name: "internal" },
        ...spec,
      },
    },
  },
];
