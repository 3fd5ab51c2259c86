import type { Api, KubeObject } from "../../kubernetes-api";
import { read } from "./objects";

/** Waiting until an object does what it is for. */

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const conditions = (object: KubeObject) => (object.status?.conditions ?? []) as Condition[];
const holds = (object: KubeObject, type: string) =>
  conditions(object).some(one => one.type === type && one.status === "True");

/** By kind: what is still missing, or undefined when the object is ready. */
const missing: Record<string, (object: KubeObject) => string | undefined> = {
  Deployment: replicas("updatedReplicas", "availableReplicas"),
  StatefulSet: replicas("updatedReplicas", "readyReplicas"),
  DaemonSet: object => {
    const wanted = number(object.status?.desiredNumberScheduled);
    const ready = number(object.status?.numberReady);
    return isObserved(object) && ready >= wanted ? undefined : `${ready} of ${wanted} pods ready`;
  },
  Job: object => {
    if (holds(object, "Failed"))
      throw new Error(conditions(object).find(one => one.type === "Failed")?.message ?? "the job failed");
    return holds(object, "Complete") ? undefined : "not complete";
  },
  Namespace: object => (object.status?.phase === "Active" ? undefined : "not Active"),
  CustomResourceDefinition: object => (holds(object, "Established") ? undefined : "not Established"),
};

function replicas(updated: string, ready: string) {
  return (object: KubeObject): string | undefined => {
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

export class NotReady extends Error {
  constructor(readonly reasons: string[]) {
    super(reasons.join("; "));
  }
}

/** The live object once it is ready; after `timeoutMs` NotReady, with what is missing and the last warnings. */
export async function awaitReady(
  api: Api,
  object: KubeObject,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<KubeObject> {
  const judge = missing[object.kind];
  const annotations = object.metadata.annotations ?? {};
  if (!judge || annotations["pulumi.com/skipAwait"] === "true") return object;
  const { apiVersion, kind, metadata } = object;
  const id = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  const end = Date.now() + timeoutMs;
  for (;;) {
    const live = await read(api, apiVersion, kind, id);
    if (!live) throw new Error(`${kind} ${id} was deleted while it was waited for`);
    const lacks = judge(live);
    if (lacks === undefined) return live;
    signal.throwIfAborted();
    if (Date.now() > end)
      throw new NotReady([
        `${kind} ${id} is not ready after ${timeoutMs / 1000} s: ${lacks}`,
        ...(await warnings(api, live)),
      ]);
    await new Promise(resolve => setTimeout(resolve, 250));
  }
}

/** The last warning events about an object and its pods; of help, so never in the way. */
async function warnings(api: Api, object: KubeObject): Promise<string[]> {
  if (!object.metadata.namespace) return [];
  try {
    const events = await api.request<{
      items: (KubeObject & { involvedObject: { name: string }; reason: string; message: string; type: string })[];
    }>("GET", `/api/v1/namespaces/${object.metadata.namespace}/events`, {
      query: { fieldSelector: "type=Warning", limit: "200" },
    });
    const about = events.items.filter(event => event.involvedObject.name.startsWith(object.metadata.name));
    return [...new Set(about.map(event => `${event.reason}: ${event.message}`))].slice(-5);
  } catch {
    return [];
  }
}
