import type { EvidenceKind } from "../../model/evidence";
import type { Limits } from "../../model/limits";
import { limits } from "../../model/limits";
import type { Outcome } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import type { Held } from "../../policies/engine/held";

/** What is expected of a stack's evidence: who makes it, and who answers for it (`stacks/<env>/evidence.yaml`). */
export interface Expected {
  kind: EvidenceKind;
  owner: string;
  milestone?: string | undefined;
  /** The key that has to vouch for it on production, by its name in the trust root. */
  producer?: string | undefined;
  /** Files and folders of the checkout that it exercised: when one of them changes, it is old. */
  covers?: readonly string[] | undefined;
}

export interface Setting {
  stack: string;
  tier: Tier;
  nowMs: number;
  register: readonly Expected[];
  /** Other numbers than those of the tier: only for asking what would be. */
  limits?: Limits;
  /** What the stack holds that evidence has to be about: digests of images, and how many objectives. */
  holds?: Held;
  /** When the stack was deployed first, by the engine's own history; null where it never was, absent where nobody asked. */
  deployedMs?: number | null;
  /** What was deployed by overrides since the last release, and when: each has to be reviewed before the next (decision 16). */
  owed?: readonly { incident: string; at: string }[];
  /** Whose evidence counts as well in the first days, where it is of the same system but for sizes (decision 15). */
  staging?: { stack: string; spec: string };
  /** What the declared workers can do at best for the declared peak of jobs: their P95 in milliseconds, by a model. */
  provableJobMs?: number;
  /** Files that are others now than at a commit; undefined for a commit that is not known. */
  changedSince?: (commit: string) => readonly string[] | undefined;
}

/** What one need of an item came to. */
export interface JudgedNeed {
  /** The kind of evidence, or "attestation". */
  need: EvidenceKind | "attestation";
  /** What is to be stated, where it is people's word. */
  statement?: string;
  state: Outcome;
  reason: string;
  /** How much was looked at: requests, cases, files. */
  inspected: number;
  file?: string;
  /** Whether somebody known vouches for it. */
  signed: boolean;
  /** Older evidence of the same kind and format that the newest one stands in for. */
  superseded: number;
}

/** What one file came to, by itself. */
export type Judged = Pick<JudgedNeed, "state" | "reason" | "inspected">;

/** The numbers that evidence is held to. */
export const limitsOf = ({ tier, limits: own }: Pick<Setting, "tier" | "limits">): Limits => own ?? limits[tier];

/** How far a clock may be ahead of ours, in milliseconds. */
export const skewMs = 300_000;
export const dayMs = 86_400_000;
