import type { EvidenceKind } from "../../model/evidence";
import type { Dimension } from "../../model/dimension";
import type { Tier } from "../../model/tier";

/** Evidence an item needs, and for how many days it counts. */
export interface NeededEvidence {
  kind: EvidenceKind;
  freshDays: number;
}

/**
 * One demand of the production readiness review (requirements.md §1.6), in our own words. Rules name the items they help
 * to decide; what only measuring or people can decide stands here.
 */
export interface Item {
  /** `A.1.1` … `E.3.1`, `F.1` … `F.7`. */
  id: string;
  /** The wanted state in a sentence. */
  title: string;
  requirements: string[];
  dimensions: Dimension[];
  /** The number that is asked, by tier; a tier without one asks what the rules ask. */
  thresholds?: Partial<Record<Tier, string>>;
  evidence: NeededEvidence[];
  /** What people must state and sign, because nothing measures it. */
  attestations: string[];
}

/** What has to be there besides rules, in words; undefined where rules decide all of it. */
export function undecidedPart({ evidence, attestations }: Item): string | undefined {
  const parts = [
    ...evidence.map(({ kind, freshDays }) => `${kind} within ${freshDays} days`),
    ...attestations.map(text => `a signed statement: ${text}`),
  ];
  return parts.length > 0 ? parts.join("; ") : undefined;
}
