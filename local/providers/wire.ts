import type { Tree, TreeObject } from "../../model/unknown";
import { isTreeObject, isUnknownSentinel, UNKNOWN, unknownSentinels } from "../../model/unknown";

/** The key under which the engine says what kind of special value an object stands for. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
} as const;

/** A property path: keys and list indexes from the root. */
export type PropertyPath = (string | number)[];

export interface Decoded {
  tree: TreeObject;
  /** Where secrets were; their values stand in the tree in clear. */
  secrets: PropertyPath[];
}

/** Reads a struct as the engine sends it: unknowns become UNKNOWN, secrets are unwrapped and remembered by path. */
export function decode(struct: Record<string, unknown> | undefined): Decoded {
  const secrets: PropertyPath[] = [];
  const walk = (value: unknown, path: PropertyPath): Tree => {
    if (isUnknownSentinel(value)) return UNKNOWN;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value !== "object" || value === null) return value as Tree;
    const object = value as Record<string, unknown>;
    switch (object[signatureKey]) {
      case signatures.secret:
        secrets.push(path);
        return walk(object.value, path);
      case signatures.output:
        if (object.secret === true) secrets.push(path);
        return "value" in object ? walk(object.value, path) : UNKNOWN;
      case signatures.resource:
        return (object.id as string | undefined) ? walk(object.id, path) : String(object.urn);
      case signatures.asset:
      case signatures.archive:
        return UNKNOWN;
      default:
        return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, walk(item, [...path, key])]));
    }
  };
  return { tree: walk(struct ?? {}, []) as TreeObject, secrets };
}

/** Writes a tree as the engine wants it: UNKNOWN as its sentinel, values at the given paths wrapped as secrets. */
export function encode(tree: TreeObject, secrets: readonly PropertyPath[] = []): Record<string, unknown> {
  const secretKeys = new Set(secrets.map(path => JSON.stringify(path)));
  const walk = (value: Tree | undefined, path: PropertyPath): unknown => {
    const plain =
      value === UNKNOWN
        ? unknownSentinels.string
        : Array.isArray(value)
          ? value.map((item, index) => walk(item, [...path, index]))
          : isTreeObject(value)
            ? Object.fromEntries(
                Object.entries(value)
                  .filter(([, item]) => item !== undefined)
                  .map(([key, item]) => [key, walk(item, [...path, key])]),
              )
            : value;
    return secretKeys.has(JSON.stringify(path)) ? { [signatureKey]: signatures.secret, value: plain } : plain;
  };
  return walk(tree, []) as Record<string, unknown>;
}
