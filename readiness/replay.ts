import { canonicalJson } from "../model/canonical";
import type { RuleResult } from "../model/finding";
import { worstOutcome } from "../model/outcome";
import type { Verdict } from "../model/verdict";
import type { AnyRule } from "../policies/engine/rule";
import type { RunEvidence } from "./evidence/run";
import type { Basis } from "./verdict";
import { computeVerdict } from "./verdict";

/** All that a verdict is computed from, as plain data: with it, anybody can compute it again. */
export interface ReplayInput {
  run: RunEvidence;
  basis: Omit<Basis, "rules"> & { rules: Pick<AnyRule, "id" | "title" | "severity" | "items">[] };
  /** What changed since the commits that evidence names; null for a commit that is not known. */
  changes: Record<string, readonly string[] | null>;
}

/** The input of a verdict, with what holds counted rule by rule: what does not stays as it was found. */
export function replayInput(run: RunEvidence, basis: Basis): ReplayInput {
  const commits = new Set((basis.evidence?.collected.imported ?? []).flatMap(one => one.commit ?? []));
  const asked = basis.evidence?.setting.changedSince;
  const changes = Object.fromEntries([...commits].map(commit => [commit, asked?.(commit) ?? null]));
  const rules = basis.rules.map(({ id, title, severity, items }) => ({ id, title, severity, items }));
  return { run: { ...run, results: condensed(run.results) }, basis: { ...basis, rules }, changes };
}

/** Results without a finding are one a rule and state: the verdict counts them, and names none of them. */
function condensed(results: readonly RuleResult[]): RuleResult[] {
  const quiet = new Map<string, RuleResult>();
  const all: RuleResult[] = [];
  for (const result of results) {
    if (result.findings.length > 0) {
      all.push(result);
      continue;
    }
    const key = `${result.rule} ${result.state}`;
    const before = quiet.get(key);
    const observations = [...(before?.observations ?? []), ...(result.observations ?? [])];
    quiet.set(key, {
      ...{ rule: result.rule, urn: "", state: worstOutcome([result.state]), findings: [] },
      inspected: (before?.inspected ?? 0) + result.inspected,
      ...(observations.length > 0 ? { observations } : {}),
    });
  }
  for (const { observations } of quiet.values()) observations?.sort(byText);
  // A program registers side by side: what came first is chance.
  return [...quiet.values(), ...all].sort(byText);
}

const byText = (a: unknown, b: unknown): number => (canonicalJson(a) < canonicalJson(b) ? -1 : 1);

/** Computes the verdict again from its input. */
export function replay({ run, basis, changes }: ReplayInput): Verdict {
  const { evidence } = basis;
  const setting = evidence && { ...evidence.setting, changedSince: (commit: string) => changes[commit] ?? undefined };
  return computeVerdict(run, {
    ...basis,
    rules: basis.rules as unknown as AnyRule[],
    ...(evidence && setting ? { evidence: { ...evidence, setting } } : {}),
  });
}
