import type { Graph } from "./graph";
import type { LabelSelector, Metadata } from "./kubernetes";
import { pods, readAll } from "./kubernetes";
import { once, pickedFrom } from "./lookup";
import type { Resource } from "./resource";

/** What refers to what in a graph: pods by labels, Secrets and ConfigMaps by name. */

/** What becomes pods in a namespace and is picked by a selector. */
export const podsPicked = (
  graph: Graph,
  namespace: string | undefined,
  selector: LabelSelector | undefined,
): Labelled[] => once(graph, "pods by labels", () => pickedFrom(podLabels(graph), one => one))(namespace, selector);

interface Labelled {
  namespace: string | undefined;
  labels: Record<string, string>;
}

/** Labels of everything in the graph that becomes pods, with its namespace. */
export const podLabels = (graph: Graph): Labelled[] => once(graph, "pod labels", () => readPodLabels(graph));

function readPodLabels(graph: Graph): Labelled[] {
  return graph.all.flatMap(resource => {
    const object = readAll<Templated>(resource);
    const operated = operatedLabels(resource, object);
    if (operated) return [{ namespace: object.metadata?.namespace, labels: operated }];
    if (pods(resource).length === 0) return [];
    const template =
      resource.kind === "CronJob"
        ? object.spec?.jobTemplate?.spec?.template
        : resource.kind === "Pod"
          ? { metadata: object.metadata }
          : object.spec?.template;
    const labels = { ...template?.metadata?.labels };
    // The controller's own label, by which the pods of a set are told apart.
    if (resource.kind === "StatefulSet" && object.metadata?.name !== undefined) {
      const { name } = object.metadata;
      return Array.from({ length: object.spec?.replicas ?? 1 }, (_, ordinal) => ({
        namespace: object.metadata?.namespace,
        labels: { ...labels, "statefulset.kubernetes.io/pod-name": `${name}-${ordinal}` },
      }));
    }
    return [{ namespace: object.metadata?.namespace, labels }];
  });
}

interface Templated {
  metadata?: Metadata;
  spec?: {
    replicas?: number;
    template?: { metadata?: Metadata };
    jobTemplate?: { spec?: { template?: { metadata?: Metadata } } };
  };
}

/** Labels that operators give the pods they make of a custom resource. */
function operatedLabels({ group, kind }: Resource, { metadata, spec }: Templated): Record<string, string> | undefined {
  if (group === "postgresql.cnpg.io" && kind === "Cluster") return { "cnpg.io/cluster": String(metadata?.name) };
  if (group === "postgresql.cnpg.io" && kind === "Pooler")
    return { ...spec?.template?.metadata?.labels, "cnpg.io/poolerName": String(metadata?.name) };
  if (group === "gateway.networking.k8s.io" && kind === "Gateway")
    return { "gateway.envoyproxy.io/owning-gateway-name": String(metadata?.name) };
  if (group === "monitoring.coreos.com" && (kind === "Prometheus" || kind === "Alertmanager"))
    return { [kind.toLowerCase()]: String(metadata?.name), "app.kubernetes.io/name": kind.toLowerCase() };
  if (group === "psmdb.percona.com" && kind === "PerconaServerMongoDB")
    return { "app.kubernetes.io/instance": String(metadata?.name), "app.kubernetes.io/component": "mongod" };
  return undefined;
}

/** Names of all Secrets of a namespace that the graph makes, by itself or through an operator. */
export function secretsIn(namespace: string | undefined, graph: Graph): Set<string | undefined> {
  interface Maker {
    metadata?: Metadata;
    spec?: {
      secretName?: string;
      target?: { name?: string };
      bootstrap?: { initdb?: { owner?: string } };
      secrets?: { users?: string; encryptionKey?: string };
    };
  }
  const of = (group: string, kind: string) =>
    graph
      .ofKind(group, kind)
      .map(resource => readAll<Maker>(resource))
      .filter(one => (one.metadata?.namespace ?? "default") === (namespace ?? "default"));
  return new Set([
    ...of("", "Secret").map(one => one.metadata?.name),
    ...of("cert-manager.io", "Certificate").map(one => one.spec?.secretName),
    ...of("external-secrets.io", "ExternalSecret").map(one => one.spec?.target?.name ?? one.metadata?.name),
    // The operator writes the credentials of the database's owner here.
    ...of("postgresql.cnpg.io", "Cluster").map(one => `${one.metadata?.name}-app`),
    // Users, the key of the data and certificates, where nobody else made them.
    ...of("psmdb.percona.com", "PerconaServerMongoDB").flatMap(({ metadata, spec }) => [
      spec?.secrets?.users ?? `${metadata?.name}-secrets`,
      spec?.secrets?.encryptionKey,
      `${metadata?.name}-ssl`,
      `${metadata?.name}-ssl-internal`,
    ]),
  ]);
}

/** Names of all ConfigMaps of a namespace that the graph makes; a trust bundle makes one in every namespace. */
export function configMapsIn(namespace: string | undefined, graph: Graph): Set<string | undefined> {
  const maps = graph
    .ofKind("", "ConfigMap")
    .map(resource => readAll<{ metadata?: Metadata }>(resource).metadata)
    .filter(one => (one?.namespace ?? "default") === (namespace ?? "default"))
    .map(one => one?.name);
  const bundles = graph
    .ofKind("trust.cert-manager.io", "Bundle")
    .map(resource => readAll<{ metadata?: Metadata }>(resource).metadata?.name);
  return new Set([...maps, ...bundles, "kube-root-ca.crt"]);
}

/** Whether a selector is given and names something; an empty one picks everything. */
export const isNarrow = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length > 0;
