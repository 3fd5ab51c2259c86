import { canonicalJson, sha256 } from "../model/canonical";

/** How much of something there is: two environments of one system may differ in it. Only numbers and texts, not what has parts. */
const sizes = new Set(
  "cpu memory minReplicas maxReplicas replicas instances members servers drives drive storage walStorage pods diskGib perZone mostPerZone retentionDays days".split(
    " ",
  ),
);
/** What an environment is called and where it is. */
const places = new Set(
  "tier base environment account region replicaRegion bucket host hosts url endpoint email role cidr hostedZones production".split(
    " ",
  ),
);

/**
 * SHA-256 of what a stack is, but for sizes and places: where it is equal, what was measured in one environment was measured on the
 * same system as runs in the other (decision 15). Images count, so a new version is another system.
 * @param config the project's own keys, without their prefix
 */
export const specDigest = (config: Record<string, unknown>): string => sha256(canonicalJson(bare(config)));

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, part]) => !places.has(key) && !(sizes.has(key) && (typeof part !== "object" || part === null)),
  );
  return Object.fromEntries(kept.map(([key, part]) => [key, bare(part)]));
}

/** The stack in which a production stack's changes are tried first; undefined for any other. */
export const stagingOf = (stack: string): string | undefined =>
  stack.startsWith("production") ? stack.replace(/^production/, "staging") : undefined;
