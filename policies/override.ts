import type { DigestOf, Envelope, SignerKey, Signed, Statement } from "./passport";
import { checkSigned, openEnvelope, roles } from "./passport";

/**
 * Break-glass (decision 16): what may be deployed although its review is not green. Like passports, it is verified with nothing
 * but node. It names single resources; it changes no rule, no key and no tier, and what it lets through stays "not met".
 */

export const overrideType = "https://greenlight.dev/override/v1";

/** How long one may hold at most, and how many resources it may name. */
export const longestOverrideMs = 4 * 3_600_000;
export const mostResources = 50;
/** Characters that a reason has at least. */
export const shortestReason = 20;
const keysNeeded = 2;

/** How far the clock of who signed may be ahead, in milliseconds. */
const skewMs = 300_000;

export interface OverridePredicate {
  project: string;
  stack: string;
  tier: string;
  /** Number of the incident it is for. */
  incident: string;
  reason: string;
  /** Resources as findings name them, such as `Deployment shop/api`: nothing else may be changed or let through. */
  resources: string[];
  /** From when until when it holds, in UTC. */
  from: string;
  until: string;
  commit: string;
  /** Who made the commit, by address. */
  authors: string[];
  /** SHA-256 of the compiled program and of the pack. */
  digests: Record<string, string>;
}
export type Override = Statement<OverridePredicate>;

/** Whether an envelope holds an override, and no passport; false for what is neither. */
export function isOverride(envelope: unknown): boolean {
  try {
    openEnvelope(envelope, overrideType);
    return true;
  } catch {
    return false;
  }
}

/** Verifies an override: two people of different keys who may sign releases, the author not alone, at most four hours, exact names. */
export function verifyOverride(
  envelope: Envelope,
  keys: readonly SignerKey[],
  nowMs: number,
  digestOf: DigestOf = () => null,
): Signed & { override: Override } {
  const override = openEnvelope<OverridePredicate>(envelope, overrideType);
  const { predicate } = override;
  const { tampered, lacking, signedBy } = checkSigned(envelope, override, keys, digestOf);
  const entitled = signedBy.filter(one => (roles as readonly string[]).includes(one.role));
  if (new Set(entitled.map(one => one.name)).size < keysNeeded)
    lacking.push(`${entitled.length} of ${keysNeeded} people signed who may sign releases`);
  if (entitled.length > 0 && entitled.every(one => predicate.authors.includes(one.name)))
    lacking.push("only its author signed it");
  const [from, until] = [Date.parse(predicate.from), Date.parse(predicate.until)];
  if (!(until - from > 0 && until - from <= longestOverrideMs))
    lacking.push(
      `it is for ${predicate.from} to ${predicate.until}; need at most ${longestOverrideMs / 3_600_000} hours`,
    );
  if (!(nowMs >= from - skewMs)) lacking.push(`it holds from ${predicate.from}`);
  if (!(nowMs < until)) lacking.push(`it expired at ${predicate.until}`);
  lacking.push(...overrideFaults(predicate));
  return { override, tampered, lacking, signedBy };
}

/** What an override has to say; a line each where it does not. */
export function overrideFaults({ incident, reason, resources }: Partial<OverridePredicate>): string[] {
  const names: readonly unknown[] = Array.isArray(resources) ? resources : [];
  return [
    ...(typeof incident === "string" && /^[\w.#/:-]{1,100}$/.test(incident)
      ? []
      : ["it names no incident (letters, digits and . # / : - _)"]),
    ...(typeof reason === "string" && reason.trim().length >= shortestReason
      ? []
      : [`its reason is shorter than ${shortestReason} characters`]),
    ...(names.length > 0 && names.length <= mostResources
      ? []
      : [`it names ${names.length} resources; need 1 to ${mostResources}`]),
    ...names
      .filter(one => typeof one !== "string" || !/^\S+ [^\s*?]+$/.test(one))
      .map(one => `"${String(one)}" is no resource as findings name them, such as "Deployment shop/api"`),
  ];
}
