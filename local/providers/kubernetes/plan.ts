import { createHash } from "node:crypto";
import type { Tree, TreeObject } from "../../../model/unknown";
import { isTreeObject, UNKNOWN } from "../../../model/unknown";
import { parseWaitFor, waitForAnnotation } from "./wait-for";

/**
 * The part of the stand-in provider that needs no API server: what it checks, and what it foresees. `greenlight check`
 * uses these same functions, so that the in-process verdict and the engine's agree.
 */

export interface CheckFailure {
  property: string;
  reason: string;
}

const autonamed = "pulumi.com/autonamed";

/** The inputs as the engine will hold them: kind and version filled in, a name given where there is none. */
export function checkInputs(
  type: string,
  name: string,
  inputs: TreeObject,
  olds: TreeObject | undefined,
  seed: Uint8Array,
): { inputs: TreeObject; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const [, groupVersion = "", kind = ""] = type.split(":");
  const apiVersion = groupVersion.replace(/^core\//, "");
  for (const [property, wanted] of Object.entries({ kind, apiVersion })) {
    const found = inputs[property];
    if (typeof found === "string" && found !== wanted && !(property === "apiVersion" && found.endsWith(apiVersion)))
      failures.push({ property, reason: `${property} is ${found}; need ${wanted}, as the resource type says` });
  }
  if (/:\w+Patch$/.test(type) || kind === "" || /^(helm|yaml|kustomize)\./.test(groupVersion))
    failures.push({
      property: "",
      reason: `${type} is not served by the stand-in provider; need an object's own type, or the official provider`,
    });
  const waitFor = isTreeObject(inputs.metadata) && inputs.metadata.annotations;
  if (isTreeObject(waitFor) && typeof waitFor[waitForAnnotation] === "string")
    try {
      parseWaitFor(waitFor[waitForAnnotation]);
    } catch (error) {
      failures.push({ property: `metadata.annotations["${waitForAnnotation}"]`, reason: (error as Error).message });
    }
  const metadata = inputs.metadata ?? {};
  if (metadata === UNKNOWN)
    return { inputs: { ...inputs, apiVersion: inputs.apiVersion ?? apiVersion, kind }, failures };
  if (!isTreeObject(metadata)) {
    failures.push({ property: "metadata", reason: "metadata is not an object; need one" });
    return { inputs, failures };
  }
  // With generateName the server makes the name up.
  const isNamed = metadata.generateName !== undefined || (metadata.name !== undefined && metadata.name !== "");
  const named = isNamed ? metadata : autoName(name, metadata, olds, seed);
  return {
    inputs: dropNulls({ ...inputs, apiVersion: inputs.apiVersion ?? apiVersion, kind, metadata: named }),
    failures,
  };
}

function autoName(name: string, metadata: TreeObject, olds: TreeObject | undefined, seed: Uint8Array): TreeObject {
  const old = isTreeObject(olds?.metadata) ? olds.metadata : {};
  const keeps = isTreeObject(old.annotations) && old.annotations[autonamed] === "true";
  const suffix = createHash("sha256").update(name).update(seed).digest("hex").slice(0, 8);
  const annotations = isTreeObject(metadata.annotations) ? metadata.annotations : {};
  return {
    ...metadata,
    name: keeps ? old.name! : `${name}-${suffix}`,
    annotations: { ...annotations, [autonamed]: "true" },
  };
}

/** Maps drop null members, as the API server does; lists keep theirs. */
function dropNulls(tree: TreeObject): TreeObject {
  const walk = (value: Tree): Tree =>
    Array.isArray(value)
      ? value.map(walk)
      : isTreeObject(value)
        ? Object.fromEntries(
            Object.entries(value)
              .filter(([, item]) => item !== null && item !== undefined)
              .map(([key, item]) => [key, walk(item!)]),
          )
        : value;
  return walk(tree) as TreeObject;
}

/** Fields of metadata that only the server can fill in. */
const serverMetadata = ["uid", "resourceVersion", "creationTimestamp", "generation"];

/** Fields of a spec that only the server can fill in, by kind. */
const serverSpec: Record<string, string[]> = { Service: ["clusterIP", "clusterIPs"] };

/** What the object will look like: our inputs, and UNKNOWN where only the server can tell. */
export function planOutputs(inputs: TreeObject): TreeObject {
  const metadata = isTreeObject(inputs.metadata) ? inputs.metadata : {};
  const unknownMetadata = Object.fromEntries(serverMetadata.map(key => [key, UNKNOWN]));
  const planned: TreeObject = {
    ...inputs,
    metadata: inputs.metadata === UNKNOWN ? UNKNOWN : ({ ...metadata, ...unknownMetadata } as TreeObject),
    status: UNKNOWN,
  };
  const masked = serverSpec[String(inputs.kind)];
  if (masked && isTreeObject(inputs.spec)) {
    const spec = inputs.spec;
    planned.spec = {
      ...spec,
      ...Object.fromEntries(masked.filter(key => spec[key] === undefined).map(key => [key, UNKNOWN])),
    };
  }
  return planned;
}

/** A dry run's answer with everything masked that the real call will make up anew. */
export function maskPlanned(planned: TreeObject, inputs: TreeObject): TreeObject {
  const foreseen = planOutputs(inputs);
  const masked: TreeObject = { ...planned, metadata: { ...(planned.metadata as TreeObject) }, status: UNKNOWN };
  for (const key of serverMetadata) (masked.metadata as TreeObject)[key] = UNKNOWN;
  for (const key of serverSpec[String(inputs.kind)] ?? [])
    if (isTreeObject(foreseen.spec) && foreseen.spec[key] === UNKNOWN)
      masked.spec = { ...(masked.spec as TreeObject), [key]: UNKNOWN };
  return masked;
}

/** Values that are secret whatever the program says: the data of a Secret. */
export const alwaysSecret = (inputs: TreeObject): string[] =>
  inputs.kind === "Secret" && inputs.apiVersion === "v1"
    ? ["data", "stringData"].filter(key => inputs[key] !== undefined)
    : [];

/** Changed paths between two trees, shortest first; a list counts as one place. */
export function changedPaths(before: Tree | undefined, after: Tree | undefined, path: string[] = []): string[][] {
  if (isTreeObject(before) && isTreeObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap(key => changedPaths(before[key], after[key], [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) => changedPaths(item, after[index], [...path, `[${index}]`]));
  return before === after || (before == null && after == null) ? [] : [path];
}

/** Paths whose change makes another object of it, whatever the API says. */
export const identityPaths = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

/** True when a change of apiVersion leaves the group as it was: the same object, served in another version. */
export const sameGroup = (before: Tree | undefined, after: Tree | undefined): boolean =>
  typeof before === "string" && typeof after === "string" && groupOf(before) === groupOf(after);

const groupOf = (apiVersion: string) => (apiVersion.includes("/") ? apiVersion.split("/")[0] : "");

/** The value at a path as `changedPaths` gives it. */
export const at = (tree: TreeObject, path: string[]): Tree | undefined =>
  path.reduce<Tree | undefined>((value, key) => {
    if (Array.isArray(value)) return value[Number(key.slice(1, -1))];
    return isTreeObject(value) ? value[key] : undefined;
  }, tree);
