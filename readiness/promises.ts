import type { EvidenceKind } from "../model/evidence";
import type { RuleResult } from "../model/finding";
import type { Limits } from "../model/limits";
import type { Outcome } from "../model/outcome";
import type { Verdict } from "../model/verdict";
import type { Evidence, FactName, Imported } from "./evidence/imported";

export type Promised = NonNullable<Verdict["promises"]>[number];

/**
 * Declared, provable and measured beside each other: what rules worked out of the design, and what evidence measured.
 * Measured is the worst of what counts as measured; what is simulated or rehearsed is no measurement.
 * @param stateOfKind what the evidence of a kind came to: a number that does not count proves nothing, however good it is
 */
export function promisesOf(
  results: readonly RuleResult[],
  evidence: Evidence | undefined,
  { limit, provableJobMs }: { limit: Limits; provableJobMs?: number },
  stateOfKind: (kind: EvidenceKind) => Outcome | undefined,
): Promised[] {
  const measured = (name: FactName, per: number, of?: string): number | undefined => {
    const values = (evidence?.imported ?? []).flatMap(one => {
      // What was measured of one store says nothing of another; what does not say of which may be of any.
      if (of !== undefined && (one.stores ?? []).length > 0 && !one.stores!.includes(of)) return [];
      const value = isMeasured(one) ? one.facts[name] : undefined;
      return typeof value === "number" && value >= 0 ? [value / per] : [];
    });
    return values.length > 0 ? rounded(Math.max(...values)) : undefined;
  };
  const rows: Omit<Promised, "state">[] = results
    .flatMap(result => result.observations ?? [])
    .map(({ what, of, provable, declared }) => ({
      ...{ what, of, unit: moreIsBetter.has(what) ? ("%" as const) : ("min" as const) },
      ...{ declared: rounded(declared), provable: rounded(provable) },
      // How long a system was there, and how much it can take, no evidence that is read here tells as one number.
      ...(moreIsBetter.has(what) ? {} : withMeasured(measured(what === "RPO" ? "rpoMs" : "rtoMs", 60_000, of))),
    }));
  rows.push(
    {
      what: "rollback",
      of: "",
      unit: "min",
      declared: limit.rollbackMs / 60_000,
      ...withMeasured(measured("rollbackMs", 60_000)),
    },
    { what: "P95", of: "", unit: "ms", declared: limit.p95Ms, ...withMeasured(measured("p95Ms", 1)) },
    { what: "error rate", of: "", unit: "%", declared: limit.errorRate * 100, ...withMeasured(errorRate(evidence)) },
  );
  const jobs = measured("jobP95Ms", 60_000);
  if (provableJobMs !== undefined || jobs !== undefined)
    rows.push({
      ...{ what: "AI job P95", of: "", unit: "min", declared: limit.jobMs / 60_000 },
      ...(provableJobMs === undefined ? {} : { provable: rounded(provableJobMs / 60_000) }),
      ...withMeasured(jobs),
    });
  return rows
    .map(row => ({ ...row, state: stateOf(row, row.what in kindOf ? stateOfKind(kindOf[row.what]!) : undefined) }))
    .sort((a, b) => (`${a.what} ${a.of}` < `${b.what} ${b.of}` ? -1 : 1));
}

/** Shares that have to be reached, not stayed below. */
const moreIsBetter: ReadonlySet<string> = new Set(["availability", "headroom"]);

const rounded = (value: number): number => Math.round(value * 100) / 100;
const withMeasured = (value: number | undefined): { measured?: number } =>
  value === undefined ? {} : { measured: value };

/** Stress tests look for what breaks: their numbers are no promise. */
const isMeasured = (one: Imported): boolean => one.simulated === undefined && one.kind !== "stress test";

function errorRate(evidence: Evidence | undefined): number | undefined {
  const rates = (evidence?.imported ?? []).flatMap(one => {
    const { total, failed } = one.facts;
    return one.kind === "load test" && isMeasured(one) && total && failed !== undefined ? [(failed / total) * 100] : [];
  });
  return rates.length > 0 ? rounded(Math.max(...rates)) : undefined;
}

/** The evidence that measures a promise. */
const kindOf: Record<string, EvidenceKind> = {
  RPO: "restore drill",
  RTO: "restore drill",
  rollback: "rollback drill",
  P95: "load test",
  "AI job P95": "load test",
  "error rate": "load test",
};

/** A promise is kept where what was measured keeps it and counts; where nothing was, the design alone does not prove it. */
function stateOf(
  { what, declared, provable, measured }: Omit<Promised, "state">,
  counts: Outcome | undefined,
): Outcome {
  if (moreIsBetter.has(what)) return provable !== undefined && provable < declared ? "not met" : "unverifiable";
  // Limits are to be stayed below; a design that can just keep one is within it.
  if ((provable !== undefined && provable > declared) || (measured !== undefined && measured >= declared))
    return "not met";
  if (measured === undefined) return "unverifiable";
  // The kind may have failed by another number than this one.
  return counts === "not met" ? "met" : (counts ?? "unverifiable");
}
