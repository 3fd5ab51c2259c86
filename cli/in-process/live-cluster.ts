import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Target } from "../kubectl";
import { kubectl } from "../kubectl";
import type { Manifest } from "./manifests";
import { objectsOf } from "./manifests";

/**
 * Kinds that machines write about other objects, and parts of the control plane itself: nobody deploys them. Secrets are
 * left out too: of them only that they are there is read, never what they hold.
 */
const notDeployed = new Set([
  "apiservices.apiregistration.k8s.io",
  "certificatesigningrequests.certificates.k8s.io",
  "clusterreports.openreports.io",
  "componentstatuses",
  "controllerrevisions.apps",
  "csinodes.storage.k8s.io",
  "csistoragecapacities.storage.k8s.io",
  "endpoints",
  "endpointslices.discovery.k8s.io",
  "events",
  "events.events.k8s.io",
  "flowschemas.flowcontrol.apiserver.k8s.io",
  "ipaddresses.networking.k8s.io",
  "leases.coordination.k8s.io",
  "nodes",
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
  "reports.openreports.io",
  "resourceslices.resource.k8s.io",
  "secrets",
  "servicecidrs.networking.k8s.io",
  "volumeattachments.storage.k8s.io",
]);

/** Namespaces that the cluster's maker fills, and cluster-wide objects that come with every cluster. */
const makersNamespaces = new Set(["kube-system", "kube-public", "kube-node-lease"]);
const makersOwn = new Set([...makersNamespaces, "default", "system-cluster-critical", "system-node-critical"]);

/** What a cluster holds that people or programs deployed, and what was left out of it. */
export interface LiveCluster {
  objects: Manifest[];
  /** Objects that were met and not judged: made by a controller out of one that is judged, or the cluster's own. */
  leftOut: number;
}

interface Metadata {
  name?: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  ownerReferences?: { uid: string; controller?: boolean }[];
}

/** Reads every object of a cluster through kubectl, kind by kind. Contents of Secrets are not asked for. */
export async function readCluster(target: Target, say: (line: string) => void = () => {}): Promise<LiveCluster> {
  const listed = await kubectl(target, ["api-resources", "--verbs=list", "-o", "name"]);
  const kinds = listed
    .split("\n")
    .filter(kind => kind !== "" && !notDeployed.has(kind) && !kind.endsWith(".metrics.k8s.io"));
  say(`${kinds.length} kinds to read`);
  const items: unknown[] = [];
  // What controllers make is read before what they make it of: whatever is made meanwhile then has its owner in view.
  const made = ["pods", "replicasets.apps", "jobs.batch"].filter(kind => kinds.includes(kind));
  for (const kind of new Set([...made, ...kinds])) {
    const text = await kubectl(target, ["get", kind, "--all-namespaces", "--chunk-size=500", "-o", "json"]);
    items.push(...itemsOf(text, kind));
  }
  items.push(...(await secretNames(target)));
  const known = new Set(items.map(item => metadataOf(item).uid));
  const own = items.filter(item => !isMadeByOthers(metadataOf(item), known));
  return { objects: own.flatMap(item => objectsOf(item, "cluster", 0)), leftOut: items.length - own.length };
}

function itemsOf(text: string, kind: string): unknown[] {
  try {
    return (JSON.parse(text) as { items: unknown[] }).items;
  } catch {
    throw fail(`${kind} of the cluster`, "unreadable, or more than 32 MiB", "JSON", undefined, exitCodes.unreadable);
  }
}

/** Secrets as far as they may be read: the API server sends a table of names and types, not the objects. */
async function secretNames(target: Target): Promise<unknown[]> {
  const text = await kubectl(target, ["get", "secrets", "--all-namespaces", "--no-headers"]);
  return text
    .split("\n")
    .filter(Boolean)
    .map(line => {
      const [namespace, name, type] = line.split(/\s+/);
      return { apiVersion: "v1", kind: "Secret", metadata: { namespace, name }, type };
    });
}

const metadataOf = (item: unknown): Metadata => (item as { metadata?: Metadata }).metadata ?? {};

/** Whether an object follows from another one that is judged, or comes with every cluster. */
function isMadeByOthers(metadata: Metadata, known: Set<string | undefined>): boolean {
  const { name = "", namespace = "", labels = {}, ownerReferences = [] } = metadata;
  if (ownerReferences.some(owner => owner.controller && known.has(owner.uid))) return true;
  if (labels["kubernetes.io/bootstrapping"] || makersNamespaces.has(namespace)) return true;
  if (namespace === "") return makersOwn.has(name);
  return name === "kube-root-ca.crt" || name === "default" || (namespace === "default" && name === "kubernetes");
}
