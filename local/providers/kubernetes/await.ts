import type { Api, KubeObject } from "../../kubernetes-api";
import { pathOf } from "../../kubernetes-api";
import { read } from "./objects";
import { lacksOfWaitFor, waitForAnnotation } from "./wait-for";

/** Waiting until an object does what it is for. */

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** What is still missing, in words, or undefined when the object is ready. */
type Lack = string | undefined;

const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const conditions = (object: KubeObject) => (object.status?.conditions ?? []) as Condition[];
const holds = (object: KubeObject, type: string) =>
  conditions(object).some(one => one.type === type && one.status === "True");

/** Something that will not come right by waiting. */
class Failed extends Error {}

/** By kind: how readiness is told. A kind that is not here is ready once it exists. */
const lacks: Record<string, (object: KubeObject, api: Api) => Lack | Promise<Lack>> = {
  Deployment: replicas("updatedReplicas", "availableReplicas"),
  StatefulSet: replicas("updatedReplicas", "readyReplicas"),
  DaemonSet: object => {
    const wanted = number(object.status?.desiredNumberScheduled);
    const ready = number(object.status?.numberReady);
    return isObserved(object) && ready >= wanted ? undefined : `${ready} of ${wanted} pods ready`;
  },
  Job: object => {
    if (holds(object, "Failed"))
      throw new Failed(conditions(object).find(one => one.type === "Failed")?.message ?? "the job failed");
    return holds(object, "Complete") ? undefined : "not complete";
  },
  Pod: object => {
    if (object.status?.phase === "Failed") throw new Failed("the pod failed");
    return object.status?.phase === "Succeeded" || holds(object, "Ready") ? undefined : "not Ready";
  },
  PersistentVolumeClaim: async (object, api) => {
    if (object.status?.phase === "Bound") return undefined;
    // Bound only when a pod wants it: whoever waited here would wait for something that comes later.
    return (await bindsLate(object, api)) ? undefined : `${String(object.status?.phase ?? "Pending")}, not Bound`;
  },
  Service: async (object, api) => {
    const { type, clusterIP, selector } = object.spec ?? {};
    if (type === "LoadBalancer") {
      const balancer = object.status?.loadBalancer as { ingress?: unknown[] } | undefined;
      if (!balancer?.ingress?.length) return "no address from the load balancer";
    }
    if (type === "ExternalName" || clusterIP === "None" || !selector) return undefined;
    return (await hasEndpoints(object, api)) ? undefined : "no pod that is ready behind it";
  },
  Namespace: object => (object.status?.phase === "Active" ? undefined : "not Active"),
  CustomResourceDefinition: object => (holds(object, "Established") ? undefined : "not Established"),
};

function replicas(updated: string, ready: string) {
  return (object: KubeObject): Lack => {
    const wanted = object.spec?.replicas === undefined ? 1 : number(object.spec.replicas);
    const status = object.status ?? {};
    const counts = [number(status[updated]), number(status[ready])];
    if (isObserved(object) && counts.every(count => count >= wanted) && number(status.replicas) <= wanted)
      return undefined;
    return `${counts[0]} of ${wanted} updated, ${counts[1]} ready`;
  };
}

const isObserved = (object: KubeObject) =>
  number(object.status?.observedGeneration) >= number(object.metadata.generation);

async function bindsLate(claim: KubeObject, api: Api): Promise<boolean> {
  const classes = { plural: "storageclasses", namespaced: false };
  const { items } = await api.request<{ items: KubeObject[] }>("GET", pathOf("storage.k8s.io/v1", classes));
  const isDefault = (one: KubeObject) =>
    one.metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
  const named = claim.spec?.storageClassName;
  const found = items.find(one => (named === undefined ? isDefault(one) : one.metadata.name === named));
  return (found as { volumeBindingMode?: string } | undefined)?.volumeBindingMode === "WaitForFirstConsumer";
}

async function hasEndpoints(service: KubeObject, api: Api): Promise<boolean> {
  const slices = await api.request<{ items: { endpoints?: { conditions?: { ready?: boolean } }[] }[] }>(
    "GET",
    pathOf("discovery.k8s.io/v1", { plural: "endpointslices", namespaced: true }, service.metadata.namespace),
    { query: { labelSelector: `kubernetes.io/service-name=${service.metadata.name}` } },
  );
  return slices.items.some(slice => slice.endpoints?.some(one => one.conditions?.ready !== false));
}

export class NotReady extends Error {
  constructor(readonly reasons: string[]) {
    super(reasons.join("; "));
  }
}

/** What an object lacks now. A `pulumi.com/waitFor` says it instead of its kind; `pulumi.com/skipAwait` asks nothing. */
export async function lacksNow(api: Api, object: KubeObject): Promise<{ lack: Lack; isFinal: boolean }> {
  try {
    return { lack: await lackOf(api, object), isFinal: false };
  } catch (error) {
    if (error instanceof Failed) return { lack: error.message, isFinal: true };
    throw error;
  }
}

async function lackOf(api: Api, object: KubeObject): Promise<Lack> {
  const annotations = object.metadata.annotations ?? {};
  if (annotations["pulumi.com/skipAwait"] === "true") return undefined;
  const waitFor = annotations[waitForAnnotation];
  if (waitFor !== undefined) return lacksOfWaitFor(object, waitFor);
  return Object.hasOwn(lacks, object.kind) ? lacks[object.kind]!(object, api) : undefined;
}

/** The live object once it is ready; after `timeoutMs` NotReady, with what is missing and the last warnings. */
export async function awaitReady(
  api: Api,
  object: KubeObject,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<KubeObject> {
  const { apiVersion, kind, metadata } = object;
  const id = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  const end = Date.now() + timeoutMs;
  for (let live: KubeObject | undefined = object; ; live = await read(api, apiVersion, kind, id)) {
    if (!live) throw new Error(`${kind} ${id} was deleted while it was waited for`);
    const what = await lacksNow(api, live);
    if (what.lack === undefined) return live;
    if (what.isFinal || signal.aborted || Date.now() > end) {
      const ended = signal.aborted ? "when the run was cancelled" : `after ${timeoutMs / 1000} s`;
      const text = what.isFinal ? `failed: ${what.lack}` : `is not ready ${ended}: ${what.lack}`;
      throw new NotReady([`${kind} ${id} ${text}`, ...(await reasons(api, live))]);
    }
    await new Promise(resolve => setTimeout(resolve, 250));
  }
}

/** Why it may be: what its pods wait for, and the last warnings about it and them. Of help, so never in the way. */
async function reasons(api: Api, object: KubeObject): Promise<string[]> {
  const { name, namespace } = object.metadata;
  if (!namespace) return [];
  const isAbout = (other: string) => other === name || other.startsWith(`${name}-`);
  try {
    const pods = await api.request<{ items: KubeObject[] }>("GET", `/api/v1/namespaces/${namespace}/pods`);
    const waiting = pods.items.filter(pod => isAbout(pod.metadata.name)).flatMap(waitingOf);
    const events = await api.request<{
      items: (KubeObject & { involvedObject: { name: string }; reason: string; message: string })[];
    }>("GET", `/api/v1/namespaces/${namespace}/events`, { query: { fieldSelector: "type=Warning", limit: "200" } });
    const about = events.items.filter(event => isAbout(event.involvedObject.name));
    return [...new Set([...waiting, ...about.map(event => `${event.reason}: ${event.message}`)])].slice(-5);
  } catch {
    return [];
  }
}

function waitingOf(pod: KubeObject): string[] {
  type Container = { name: string; state?: { waiting?: { reason?: string; message?: string } } };
  const all = [pod.status?.initContainerStatuses, pod.status?.containerStatuses].flat() as (Container | undefined)[];
  return all.flatMap(one => {
    const { reason, message } = one?.state?.waiting ?? {};
    return one && reason
      ? [`pod ${pod.metadata.name}, container ${one.name}: ${reason}${message ? `, ${message}` : ""}`]
      : [];
  });
}
