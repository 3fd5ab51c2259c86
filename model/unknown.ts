/** A value the engine does not know yet at preview. It is neither absent nor present-with-a-value (decision 3). */
export const UNKNOWN = Symbol("unknown");
export type Unknown = typeof UNKNOWN;

/**
 * The strings the Pulumi engine sends in place of unknown values, one per type.
 * Source: sdk/go/common/resource/plugin/rpc.go of pulumi/pulumi.
 */
export const unknownSentinels = {
  string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  boolean: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  asset: "030794c1-ac77-496b-92df-f27374a8bd58",
  archive: "e48ece36-62e2-4504-bad9-02848725956a",
} as const;

const sentinels: ReadonlySet<unknown> = new Set(Object.values(unknownSentinels));

/** True for one of the engine's strings for "not known yet". */
export const isUnknownSentinel = (value: unknown): boolean => sentinels.has(value);

/** A plain property tree as rules and providers see it: JSON values, and UNKNOWN in place of what is not known. */
export type Tree = Unknown | null | boolean | number | string | Tree[] | TreeObject;
export interface TreeObject {
  [key: string]: Tree | undefined;
}

export const isTreeObject = (value: unknown): value is TreeObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** True when the value or anything inside it is UNKNOWN. */
export function holdsUnknown(value: Tree | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isTreeObject(value) && Object.values(value).some(holdsUnknown);
}
