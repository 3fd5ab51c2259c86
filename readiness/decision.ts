import type { Verdict } from "../model/verdict";
import type { Calendar } from "../model/working-time";
import type { Blocker } from "./blockers";
import type { Contradiction } from "./court/finding";
import type { ReleaseLane } from "./evidence/lanes";
import type { Past } from "./ledger";
import type { PathToGo } from "./path";
import { pathToGo } from "./path";
import type { ReplayInput } from "./replay";

/** What the decision documents are made from; all of them say the same because nothing else goes in. */
export interface Decision {
  verdict: Verdict;
  blockers: readonly Blocker[];
  contradictions: readonly Contradiction[];
  /** All that the verdict was computed from, where somebody wants to compute it again. */
  input?: ReplayInput;
  /** Verdicts before this one, newest first, where a ledger is kept. */
  history?: readonly Past[];
  /** The verdict before this one, whole, where it was kept. */
  previous?: Verdict;
  /** Releases whose records lie among the evidence. */
  lanes?: readonly ReleaseLane[];
  /** What `greenlight sabotage` last showed of the same rules: each one seen red. */
  proofs?: { at: string; rules: Record<string, { tried: number; noticed: number }> };
  /** The passport that lies beside the report: who signed, and for which verdict (its digest). */
  signed?: { by: readonly { name: string; role: string; key: string }[]; verdict: string; digest: string; at: string };
  /** When people work; otherwise round the clock. */
  calendars?: ReadonlyMap<string, Calendar>;
}

const paths = new WeakMap<Decision, PathToGo>();

/** The path to GO of a decision, by the calendars of those who repair; worked out once for all that is written of it. */
export function pathOf(decision: Decision): PathToGo {
  const known = paths.get(decision) ?? pathBy(decision);
  paths.set(decision, known);
  return known;
}

/** The path to GO with a seed of one's own. */
export const pathBy = ({ blockers, verdict: { at }, calendars }: Decision, seed?: number): PathToGo =>
  pathToGo(blockers, seed, at !== undefined && calendars ? { fromMs: Date.parse(at), calendars } : undefined);
