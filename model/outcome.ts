/** The seven outcomes a rule or item can have (decision 2). They are never merged; only `met` carries a GO. */
export const outcomes = ["met", "not met", "waived", "stale", "simulated", "unverifiable", "not applicable"] as const;
export type Outcome = (typeof outcomes)[number];

export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

/** The five verdicts, worst first: the worst blocking item decides. */
export const verdicts = ["TAMPERED", "NO-GO", "INCONCLUSIVE", "CONDITIONAL", "GO"] as const;
export type VerdictWord = (typeof verdicts)[number];

/** What the command line exits with (design, "Names and commands"). */
export const exitCodes = {
  GO: 0,
  CONDITIONAL: 10,
  "NO-GO": 20,
  INCONCLUSIVE: 30,
  TAMPERED: 40,
  engineFailed: 50,
  usage: 64,
  unreadable: 65,
  internal: 70,
  interrupted: 130,
} as const satisfies Record<VerdictWord | string, number>;

const wordOf: Record<Outcome, VerdictWord> = {
  met: "GO",
  "not applicable": "GO",
  waived: "CONDITIONAL",
  "not met": "NO-GO",
  stale: "INCONCLUSIVE",
  simulated: "INCONCLUSIVE",
  unverifiable: "INCONCLUSIVE",
};

/** The verdict that one outcome allows at best. */
export const verdictOf = (outcome: Outcome): VerdictWord => wordOf[outcome];

/** The worse of two verdicts. */
export const worse = (a: VerdictWord, b: VerdictWord): VerdictWord =>
  verdicts.indexOf(a) <= verdicts.indexOf(b) ? a : b;

const outcomeRank: Outcome[] = ["not met", "unverifiable", "stale", "simulated", "waived", "met", "not applicable"];

/** The outcome of several judged together: the worst one; of none at all, `unverifiable` (it inspected nothing). */
export function worstOutcome(all: readonly Outcome[]): Outcome {
  return outcomeRank.find(outcome => all.includes(outcome)) ?? "unverifiable";
}
