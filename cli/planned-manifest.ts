import { canonicalJson, sha256 } from "../model/canonical";
import { isUnknownSentinel } from "../model/unknown";
import type { Planned } from "../readiness/report/planned";

/**
 * What a preview plans, as a passport covers it: each resource by its URN with the SHA-256 of its inputs. What nobody knows yet at the
 * preview is left out by its path, for it may be known the next time; secrets are what the engine shows of them, which is a mark.
 */
export interface PlannedManifest {
  /** URN → SHA-256 of its inputs without what is unknown. */
  digests: Record<string, string>;
  /** URN → paths (JSON pointers) of what was unknown; only of those that have any. */
  unknown: Record<string, string[]>;
  /** URNs of what is taken away, or made anew in place of what was there. */
  destroyed: string[];
}

const isOurs = ({ type }: Planned): boolean => !type.startsWith("pulumi:") && !type.startsWith("greenlight:");
const takesAway = /delete|replace/;

export function manifestOf(steps: readonly Planned[]): PlannedManifest {
  const digests: Record<string, string> = {};
  const unknown: Record<string, string[]> = {};
  const own = steps.filter(isOurs);
  for (const { urn, op, inputs } of own) {
    if (op === "delete" || op === "delete-replaced" || op === "read") continue;
    const paths: string[] = [];
    digests[urn] = digestWithout(inputs, paths);
    if (paths.length > 0) unknown[urn] = paths.sort();
  }
  const destroyed = [...new Set(own.filter(one => takesAway.test(one.op)).map(one => one.urn))].sort();
  return { digests, unknown, destroyed };
}

/** SHA-256 of a value without what is unknown, or stands at one of the paths; adds the paths of what is unknown. */
function digestWithout(value: unknown, paths: string[], left: ReadonlySet<string> = new Set()): string {
  const walk = (one: unknown, at: string): unknown => {
    if (left.has(at)) return undefined;
    if (isUnknownSentinel(one)) {
      paths.push(at);
      return undefined;
    }
    if (Array.isArray(one)) return one.map((each, index) => walk(each, `${at}/${index}`) ?? null);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, each]) => [
        key,
        walk(each, `${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
      ]),
    );
  };
  return sha256(canonicalJson(walk(value, "")) ?? "unknown");
}

/** What a preview plans otherwise than was signed for, a line each; nothing where it is the same. */
export function otherThanSigned(signed: PlannedManifest, steps: readonly Planned[]): string[] {
  const now = new Map(
    steps
      .filter(isOurs)
      .filter(({ op }) => op !== "delete" && op !== "delete-replaced" && op !== "read")
      .map(one => [one.urn, one.inputs]),
  );
  const named = (urn: string) => urn.split("::").slice(2).join(" ").replace(/^.*\$/, "");
  const known = new Set(signed.destroyed);
  return [
    ...Object.keys(signed.digests)
      .filter(urn => !now.has(urn))
      .map(urn => `${named(urn)} was signed for, and is not planned now`),
    ...[...now].flatMap(([urn, inputs]) => {
      const digest = signed.digests[urn];
      if (digest === undefined) return [`${named(urn)} is planned now, and nobody signed for it`];
      const fresh: string[] = [];
      const same = digestWithout(inputs, fresh, new Set(signed.unknown[urn])) === digest && fresh.length === 0;
      return same ? [] : [`${named(urn)} is planned otherwise than was signed for`];
    }),
    ...manifestOf(steps)
      .destroyed.filter(urn => !known.has(urn))
      .map(urn => `${named(urn)} would be taken away or replaced, and nobody signed for that`),
  ];
}
