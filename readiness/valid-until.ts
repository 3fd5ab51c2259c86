import type { Verdict } from "../model/verdict";
import type { Item } from "../policies/items/item";

/** When the first piece of evidence that a verdict rests on gets old, in UTC; undefined for a verdict that allows nothing. */
export function validUntil(verdict: Verdict, items: readonly Item[]): string | undefined {
  if (verdict.verdict !== "GO" && verdict.verdict !== "CONDITIONAL") return undefined;
  const ends = verdict.items.flatMap(({ id, needs }) =>
    (needs ?? []).flatMap(need => {
      const ended = verdict.evidence?.find(one => one.file === need.file && one.ended !== undefined)?.ended;
      const days = items.find(one => one.id === id)?.evidence.find(one => one.kind === need.need)?.freshDays;
      return ended === undefined || days === undefined ? [] : [Date.parse(ended) + days * 86_400_000];
    }),
  );
  return ends.length === 0 ? undefined : new Date(Math.min(...ends)).toISOString();
}
