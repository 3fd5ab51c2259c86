import type { TreeObject } from "../../../model/unknown";
import { holdsUnknown } from "../../../model/unknown";
import type { Api, KubeObject, ResourceKind } from "../../kubernetes-api";
import { ApiError, pathOf } from "../../kubernetes-api";
import { at, changedPaths, maskPlanned, planOutputs } from "./plan";

/** What the API server holds, reached as the official provider reaches it: POST to create, apply to update. */

/** Our name as the owner of fields; the official provider's, so that either can go on where the other stopped. */
const fieldManager = "pulumi-kubernetes";
const strict = { fieldManager, fieldValidation: "Strict" };
/** How long something that this run also makes (a namespace, a kind) may take to appear, in milliseconds. */
const appearMs = 60_000;

export const idOf = (object: { metadata?: unknown }): string => {
  const { name, namespace } = object.metadata as { name: string; namespace?: string };
  return namespace ? `${namespace}/${name}` : name;
};

/** The server's copy without what only the server cares about. */
export function withoutManagedFields(object: KubeObject): TreeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata } as unknown as TreeObject;
}

/** Creates an object, or foresees it (`dryRun`). What is missing because this run will make it is waited for. */
export async function create(
  api: Api,
  inputs: TreeObject,
  dryRun: boolean,
  isReplacement: boolean,
  signal: AbortSignal,
): Promise<TreeObject> {
  if (dryRun && holdsUnknown(inputs)) return planOutputs(inputs);
  const object = inputs as unknown as KubeObject;
  const end = Date.now() + appearMs;
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    signal.throwIfAborted();
    try {
      const kind = await kindOf(api, object);
      const query = dryRun ? { ...strict, dryRun: "All" } : strict;
      const made = await api.request("POST", pathOf(object.apiVersion, kind, object.metadata.namespace), {
        body: toSend(object),
        query,
      });
      return dryRun ? maskPlanned(withoutManagedFields(made), inputs) : withoutManagedFields(made);
    } catch (error) {
      // The old object is still in the place of its successor; and an offline preview is of some other cluster.
      const isInTheWay = isReplacement || process.env.GREENLIGHT_OFFLINE !== undefined;
      if (dryRun && isInTheWay && error instanceof ApiError && error.code === 409) return planOutputs(inputs);
      if (!isNotThereYet(error, object) || Date.now() > end) throw error;
      if (dryRun) return planOutputs(inputs);
      await new Promise(resolve => setTimeout(resolve, wait));
    }
  }
}

/** Updates by server-side apply. A field that another manager owns is a conflict, and said so. */
export async function update(api: Api, id: string, inputs: TreeObject, dryRun: boolean): Promise<TreeObject> {
  if (dryRun && holdsUnknown(inputs)) return planOutputs(inputs);
  const object = inputs as unknown as KubeObject;
  const kind = await kindOf(api, object);
  const place = pathOf(object.apiVersion, kind, object.metadata.namespace, object.metadata.name);
  if (!dryRun) await ownByApply(api, place);
  const applied = await api.request("PATCH", place, {
    body: toSend(object),
    contentType: "application/apply-patch+yaml",
    // In a dry run nothing may be rewritten, so fields we made by POST still count as somebody else's.
    query: { ...strict, force: String(dryRun || isForced(object)), ...(dryRun ? { dryRun: "All" } : {}) },
  });
  return dryRun ? maskPlanned(withoutManagedFields(applied), inputs) : withoutManagedFields(applied);
}

/** True where the program says that its values win over other managers'. */
const isForced = (object: KubeObject) => object.metadata.annotations?.["pulumi.com/patchForce"] === "true";

/**
 * Our inputs as the live object answers to them: where re-applying them would change something, somebody changed it,
 * and the live value stands in the result. The server is asked, because comparing trees takes defaults and other
 * spellings of the same quantity for drift. Fields we never set are nobody's drift.
 */
export async function driftedInputs(api: Api, live: KubeObject, inputs: TreeObject): Promise<TreeObject> {
  const object = inputs as unknown as KubeObject;
  const kind = await kindOf(api, object);
  const place = pathOf(object.apiVersion, kind, live.metadata.namespace, live.metadata.name);
  const applied = await api
    .request("PATCH", place, {
      body: toSend(object),
      contentType: "application/apply-patch+yaml",
      query: { ...strict, force: "true", dryRun: "All" },
    })
    .catch((error: unknown) => {
      // What the server would refuse to set back differs all the same.
      if (error instanceof ApiError && error.code >= 400 && error.code < 500) return undefined;
      throw error;
    });
  const now = comparable(live);
  const wanted = applied ? comparable(applied) : inputs;
  const drifted = changedPaths(wanted, now).filter(path => applied || at(inputs, path) !== undefined);
  return drifted.reduce((tree, path) => withLive(tree, now, path), inputs);
}

/** An object without what changes by itself. */
function comparable(object: KubeObject): TreeObject {
  const { managedFields: _m, resourceVersion: _r, generation: _g, ...metadata } = object.metadata;
  const { status: _s, ...rest } = object;
  return { ...rest, metadata } as unknown as TreeObject;
}

/** Takes the live value over at a path, as far down as our inputs go: what we never set stays out. */
function withLive(inputs: TreeObject, live: TreeObject, path: string[]): TreeObject {
  const copy = structuredClone(inputs);
  let place: Record<string, unknown> | unknown[] = copy;
  for (const [depth, key] of path.entries()) {
    const step = /^\[(\d+)\]$/.exec(key)?.[1] ?? key;
    const held = place as Record<string, unknown>;
    if (!(step in held)) return copy;
    const next = held[step];
    if (depth === path.length - 1 || typeof next !== "object" || next === null) {
      const value = at(live, path.slice(0, depth + 1));
      if (value === undefined) delete held[step];
      else held[step] = value;
      return copy;
    }
    place = next as Record<string, unknown>;
  }
  return copy;
}

/** What we created by POST becomes ours by apply, so that a field we drop is dropped (client-go's csaupgrade). */
async function ownByApply(api: Api, place: string): Promise<void> {
  const live = await api.request("GET", place);
  const entries = live.metadata.managedFields ?? [];
  const isOurs = (entry: (typeof entries)[number]) => entry.manager === fieldManager && !entry.subresource;
  const made = entries.find(entry => isOurs(entry) && entry.operation === "Update");
  if (!made) return;
  const others = entries.filter(entry => !isOurs(entry));
  const applied = entries.find(entry => isOurs(entry) && entry.operation === "Apply");
  const ours = applied ?? { ...made, operation: "Apply" };
  await api.request("PATCH", place, {
    contentType: "application/json-patch+json",
    body: [
      { op: "replace", path: "/metadata/managedFields", value: [...others, ours] },
      { op: "replace", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
    ],
    query: { fieldManager },
  });
}

/** The live object, or undefined when it is gone. */
export async function read(
  api: Api,
  apiVersion: string,
  kindName: string,
  id: string,
): Promise<KubeObject | undefined> {
  const kind = await api.kindOf(apiVersion, kindName);
  if (!kind) return undefined;
  try {
    return await api.request("GET", placeOf(apiVersion, kind, id));
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

/** Deletes an object and waits until it is gone. */
export async function remove(
  api: Api,
  apiVersion: string,
  kindName: string,
  id: string,
  timeoutMs: number,
  signal: AbortSignal,
) {
  const kind = await api.kindOf(apiVersion, kindName);
  if (!kind) return;
  try {
    await api.request("DELETE", placeOf(apiVersion, kind, id), { body: { propagationPolicy: "Foreground" } });
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return;
    throw error;
  }
  const end = Date.now() + timeoutMs;
  for (;;) {
    const left = await read(api, apiVersion, kindName, id);
    if (!left) return;
    signal.throwIfAborted();
    if (Date.now() > end)
      throw new Error(
        `${kindName} ${id} is still there ${timeoutMs / 1000} s after its deletion; finalizers: ${JSON.stringify(left.metadata.finalizers ?? [])}`,
      );
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

const placeOf = (apiVersion: string, kind: ResourceKind, id: string) => {
  const [name, namespace] = id.split("/").reverse();
  return pathOf(apiVersion, kind, namespace, name);
};

class NoSuchKind extends Error {}

async function kindOf(api: Api, object: KubeObject): Promise<ResourceKind> {
  const kind = await api.kindOf(object.apiVersion, object.kind);
  if (!kind)
    throw new NoSuchKind(
      `${object.apiVersion} ${object.kind} is not a kind this API server serves; install its CustomResourceDefinition`,
    );
  return kind;
}

/** True when what is missing may be made by this very run: the namespace, or the kind itself. */
function isNotThereYet(error: unknown, object: KubeObject): boolean {
  if (error instanceof NoSuchKind) return true;
  if (!(error instanceof ApiError) || error.code !== 404) return false;
  return error.status.details?.kind === "namespaces" && error.status.details.name === object.metadata.namespace;
}

/** The body to send. A Secret's stringData goes as data: under apply a key dropped from it would stay in data. */
function toSend(object: KubeObject): KubeObject {
  if (object.kind !== "Secret" || !object.stringData) return object;
  const { stringData, ...rest } = object;
  const encoded = Object.entries(stringData as Record<string, string>).map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  return {
    ...rest,
    data: { ...(object.data as object | undefined), ...Object.fromEntries(encoded) },
  } as unknown as KubeObject;
}
