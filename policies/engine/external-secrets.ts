import { readAll } from "./kubernetes";
import type { Resource } from "./resource";
import type { Subject } from "./rule";

/** What rules read of External Secrets. Source: external-secrets.io/v1. */
export interface ExternalSecret {
  metadata?: { name?: string; namespace?: string };
  spec?: {
    refreshInterval?: string;
    refreshPolicy?: string;
    target?: { name?: string; creationPolicy?: string; deletionPolicy?: string };
    dataFrom?: { find?: object; sourceRef?: object }[];
    conditions?: { namespaces?: string[]; namespaceSelector?: object; namespaceRegexes?: string[] }[];
    provider?: object;
  };
}

/** Objects of one kind of External Secrets. */
export const externalSecrets =
  (kind: "ExternalSecret" | "ClusterSecretStore") =>
  (resource: Resource): Subject<ExternalSecret>[] =>
    resource.group === "external-secrets.io" && resource.kind === kind
      ? [{ resource, path: "", read: () => readAll<ExternalSecret>(resource) }]
      : [];
