import type { Verdict } from "../model/verdict";

/** Something whose state is another than before, and why, as far as two verdicts tell. */
export interface Flip {
  /** A rule or an item. */
  id: string;
  from: string;
  to: string;
  causes: ("evidence" | "policy" | "waiver" | "code")[];
}

export interface Difference {
  from: string;
  to: string;
  /** Whether the rules themselves are others. */
  policy: boolean;
  /** Files of evidence that came, went or are others. */
  evidence: { added: string[]; removed: string[]; changed: string[] };
  flips: Flip[];
}

/** What is different between two verdicts of a stack, with causes kept apart. */
export function differenceOf(before: Verdict, after: Verdict): Difference {
  const policy = before.basis.catalogue !== after.basis.catalogue || before.basis.pack !== after.basis.pack;
  const [old, now] = [before, after].map(one => new Map((one.evidence ?? []).map(file => [file.file, file.sha256])));
  const evidence = {
    added: [...now!.keys()].filter(file => !old!.has(file)),
    removed: [...old!.keys()].filter(file => !now!.has(file)),
    changed: [...now!.keys()].filter(file => old!.has(file) && old!.get(file) !== now!.get(file)),
  };
  const ruleFlips = flipsOf(before.rules, after.rules, (from, to): Flip["causes"] => {
    if (from === "waived" || to === "waived") return ["waiver"];
    // Where rules and resources both are others, nobody can tell which it was.
    return policy ? ["policy", "code"] : ["code"];
  });
  const itemFlips = flipsOf(before.items, after.items, (_from, _to, id): Flip["causes"] => {
    const item = (verdict: Verdict) => verdict.items.find(one => one.id === id);
    const needs = (verdict: Verdict) => JSON.stringify((item(verdict)?.needs ?? []).map(one => [one.need, one.state]));
    const own = ruleFlips.filter(flip => item(after)?.rules.includes(flip.id)).flatMap(flip => flip.causes);
    const causes = [...new Set([...own, ...(needs(before) === needs(after) ? [] : (["evidence"] as const))])];
    return causes.length > 0 ? causes : ["policy"];
  });
  return { from: before.verdict, to: after.verdict, policy, evidence, flips: [...itemFlips, ...ruleFlips] };
}

function flipsOf(
  before: readonly { id: string; state: string }[],
  after: readonly { id: string; state: string }[],
  causesOf: (from: string, to: string, id: string) => Flip["causes"],
): Flip[] {
  const old = new Map(before.map(one => [one.id, one.state]));
  return after
    .filter(one => (old.get(one.id) ?? "absent") !== one.state)
    .map(({ id, state }) => {
      const from = old.get(id) ?? "absent";
      return { id, from, to: state, causes: causesOf(from, state, id) };
    });
}
