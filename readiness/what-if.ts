import type { Limits } from "../model/limits";
import type { Verdict } from "../model/verdict";
import { causeOf } from "./blockers";
import { reviewOf, reviewsItem } from "./evidence/judge";
import { limitsOf } from "./evidence/setting";
import type { ReplayInput } from "./replay";
import { replay } from "./replay";

/** What somebody wants to suppose. */
export interface Supposition {
  /** Causes of blockers that are thought to be repaired. */
  repaired: readonly string[];
  /** Other numbers than those that evidence was held to. */
  limits: Partial<Limits>;
  /** Whether contradictions are thought to be settled. */
  settled: boolean;
}

/**
 * The verdict as it would be. It is computed by the same code from changed input: a rule that is repaired found nothing, evidence and
 * statements that are there are no longer asked for. It is nobody's verdict, and nothing is ever signed or deployed by it.
 */
export function suppose(input: ReplayInput, { repaired, limits, settled }: Supposition): Verdict {
  const isRepaired = (cause: string) => repaired.includes(cause);
  const { run, basis } = input;
  const { evidence, contradictions, waivers, ...rest } = basis;
  const setting = evidence && {
    ...evidence.setting,
    limits: { ...limitsOf(evidence.setting), ...limits },
    owed: (evidence.setting.owed ?? []).filter(one => !isRepaired(causeOf(reviewsItem, reviewOf(one.incident)))),
  };
  return replay({
    ...input,
    run: {
      ...run,
      results: run.results.map(one =>
        isRepaired(one.rule)
          ? { ...one, state: "met" as const, findings: [], inspected: Math.max(1, one.inspected) }
          : one,
      ),
    },
    basis: {
      ...rest,
      // An exception for what is repaired is one too many: it is thought to be taken out with it.
      ...(waivers ? { waivers: { ...waivers, list: waivers.list.filter(one => !isRepaired(one.rule)) } } : {}),
      contradictions: settled ? 0 : (contradictions ?? 0),
      // Of an item that only evidence or people's word decides nothing is left to ask: it is left out, for nothing asked is nothing known.
      items: basis.items.flatMap(item => {
        const left = {
          ...item,
          evidence: item.evidence.filter(one => !isRepaired(one.kind)),
          attestations: item.attestations.filter(statement => !isRepaired(causeOf(item.id, statement))),
        };
        const asks = left.evidence.length + left.attestations.length > 0;
        return asks || basis.rules.some(rule => rule.items.includes(item.id)) ? [left] : [];
      }),
      ...(evidence && setting ? { evidence: { ...evidence, setting } } : {}),
    },
  });
}
