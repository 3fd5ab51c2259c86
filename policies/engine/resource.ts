import type { Tree, TreeObject } from "../../model/unknown";
import { holdsUnknown, isTreeObject, isUnknownSentinel, UNKNOWN } from "../../model/unknown";
import { whollyKnown } from "./reading";

/** One resource as rules see it, however it came: from the engine, from `check`, or from a manifest. */
export interface Resource {
  urn: string;
  /** Pulumi type token, such as `kubernetes:apps/v1:Deployment`. */
  type: string;
  /** Kubernetes group without version ("" for core), where the resource is a Kubernetes object. */
  group?: string;
  /** Kubernetes kind, where the resource is a Kubernetes object. */
  kind?: string;
  /** The engine's own protection from deletion; undefined where nobody told, as for plain manifests. */
  protect?: boolean;
  /** URN of the resource it is a part of; undefined where nobody told. */
  parent?: string;
  props: TreeObject;
}

/** How deep property trees may be; a deeper one is refused, not followed. */
const maxDepth = 64;

/** What trees are made of: no key is there but its own, whatever it is called (`constructor`, `__proto__`). */
function Bare(this: TreeObject) {}
Bare.prototype = Object.create(null) as object;
const bare = (): TreeObject => new (Bare as unknown as new () => TreeObject)();

/** Copies properties into a plain tree. Reads descriptors, so that the SDK's throwing proxies do not throw. */
export function normalise(value: unknown, depth = 0): Tree {
  if (depth > maxDepth) throw new Error(`properties are nested deeper than ${maxDepth} levels`);
  if (typeof value === "string") return isUnknownSentinel(value) ? UNKNOWN : value;
  if (typeof value !== "object" || value === null) return value === undefined ? null : (value as Tree);
  if (Array.isArray(value)) {
    const list: Tree[] = [];
    for (let index = 0; index < value.length; index++) list.push(normalise(own(value, String(index)), depth + 1));
    return list;
  }
  const copy = bare();
  for (const key of Object.keys(value)) {
    const item = own(value, key);
    if (item !== undefined) copy[key] = normalise(item, depth + 1);
  }
  return copy;
}

const own = (holder: object, key: string): unknown => Object.getOwnPropertyDescriptor(holder, key)?.value as unknown;

/** The resource behind a URN, a type and its properties; a `…List` is one resource for each of its items. */
export function toResources(
  urn: string,
  type: string,
  props: unknown,
  { protect, parent }: { protect?: boolean | undefined; parent?: string | undefined } = {},
): Resource[] {
  const resources: Resource[] = withoutOptions(urn, type, props);
  for (const resource of resources) {
    if (protect !== undefined) resource.protect = protect;
    if (parent) resource.parent = parent;
    if (!holdsUnknown(resource.props)) whollyKnown.add(resource);
  }
  return resources;
}

/**
 * Group and kind of a Kubernetes object: what the object says of itself, for that is what the API server goes by, else what
 * the type does. Core objects of a CustomResource have the type `kubernetes:v1:Pod`, those of the SDK `kubernetes:core/v1:Pod`.
 */
function kindOf(type: string, { apiVersion, kind: said }: TreeObject): { group: string; kind: string } | undefined {
  const match = /^kubernetes:([^:]+):(\w+)$/.exec(type);
  if (!match) return undefined;
  const isPatch = match[2]!.endsWith("Patch");
  const version = typeof apiVersion === "string" && typeof said === "string" ? apiVersion : match[1]!;
  const kind = version === apiVersion && !isPatch ? (said as string) : match[2]!;
  const group = version.includes("/") ? version.slice(0, version.lastIndexOf("/")) : "";
  return { group: group === "core" ? "" : group, kind };
}

function withoutOptions(urn: string, type: string, props: unknown): Resource[] {
  const tree = normalise(props) as TreeObject;
  const named = kindOf(type, tree);
  if (!named) return [{ urn, type, props: tree }];
  const { group, kind } = named;
  if (!kind.endsWith("List")) return [{ urn, type, group, kind, props: tree }];
  if (!Array.isArray(tree.items)) return [{ urn, type, group, kind: kind.slice(0, -4), props: { items: UNKNOWN } }];
  return tree.items.map((item, index) => ({
    urn: `${urn}[${index}]`,
    type,
    group,
    kind: kind.slice(0, -4),
    props: isTreeObject(item) ? item : { metadata: UNKNOWN, spec: UNKNOWN },
  }));
}

/** The name and type of a URN as people say them: `Deployment inulearning/api`, else `type name`. */
export function shortName(resource: Pick<Resource, "urn" | "type" | "kind" | "props">): string {
  const metadata = isTreeObject(resource.props.metadata) ? resource.props.metadata : {};
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const name = text(metadata.name) ?? resource.urn.split("::").pop()!;
  // The server fills "default" in where nothing was said: the same resource has one name before and after.
  const given = text(metadata.namespace);
  const namespace = given === "default" ? undefined : given;
  return `${resource.kind ?? resource.type} ${namespace ? `${namespace}/` : ""}${name}`;
}
