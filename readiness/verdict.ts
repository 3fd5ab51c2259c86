import type { Finding, RuleResult } from "../model/finding";
import type { Outcome, VerdictWord } from "../model/outcome";
import { outcomes, severities, verdictOf, worse, worstOutcome } from "../model/outcome";
import type { Tier } from "../model/tier";
import type { Verdict } from "../model/verdict";
import { dimensions } from "../model/dimension";
import type { Waiver } from "../model/waiver";
import type { AnyRule } from "../policies/engine/rule";
import type { Item } from "../policies/items/item";
import { undecidedPart } from "../policies/items/item";
import type { Evidence } from "./evidence/imported";
import { judgeNeeds } from "./evidence/judge";
import type { Setting } from "./evidence/setting";
import { limitsOf } from "./evidence/setting";
import { promisesOf } from "./promises";
import type { RunEvidence } from "./evidence/run";
import { applyWaivers } from "./waivers";

/** What a verdict is computed from besides the run: pure, so that the same input gives the same bytes. */
export interface Basis {
  rules: readonly AnyRule[];
  items: readonly Item[];
  source: Verdict["basis"]["source"];
  /** What stood in for a real part. */
  simulated: string[];
  /** Exceptions of the stack, and the day they are judged on (UTC, `YYYY-MM-DD`). */
  waivers?: {
    list: readonly Waiver[];
    today: string;
    /** Who signed the file they stand in, by the names of the trust root. */
    signedBy?: readonly string[];
  };
  /** What was gathered besides, and the setting it is judged in; without it, what needs evidence stays unverifiable. */
  evidence?: { collected: Evidence; setting: Setting };
  /** How many things in the evidence cannot be true together. */
  contradictions?: number;
  /** The override by which it is deployed whatever it is: it changes nothing of the verdict. */
  overridden?: Verdict["overridden"];
  /** Digests of the catalogue and the pack that had to judge; a run judged by others proves nothing. */
  expected?: { catalogue: string; pack: string };
}

/** Judges a run: the worst blocking item decides, and what was not inspected carries nothing (decision 2). */
export function computeVerdict(given: RunEvidence, basis: Basis): Verdict {
  const { tier, stack, project } = given.subject;
  const { list, today, signedBy = [] } = basis.waivers ?? { list: [], today: "" };
  const run = { ...given, results: applyWaivers(given.results, list, { today, signedBy, rules: basis.rules, tier }) };
  const byRule = new Map<string, RuleResult[]>(basis.rules.map(rule => [rule.id, []]));
  for (const result of run.results) byRule.get(result.rule)?.push(result);
  const rules = basis.rules.map(rule => ruleState(rule, byRule.get(rule.id)!, run));
  const items = basis.items.map(item => itemState(item, basis.rules, rules, tier, basis.evidence));
  const findings = sortFindings(run.results.flatMap(result => result.findings));
  const reasons: [VerdictWord, string][] = [];
  if (run.tampered) reasons.push(["TAMPERED", "the run's evidence is not what the pack wrote"]);
  const covering = list.filter(one =>
    findings.some(two => two.state === "waived" && two.rule === one.rule && two.resource === one.resource),
  );
  const { expected } = basis;
  if (expected && (run.catalogue !== expected.catalogue || run.pack !== expected.pack))
    reasons.push(["TAMPERED", "the run was judged by another pack than this checkout's"]);
  for (const word of ["NO-GO", "INCONCLUSIVE", "CONDITIONAL"] as const) {
    const hit = [...rules, ...items].filter(one => verdictOf(one.state) === word);
    if (hit.length > 0) reasons.push([word, summary(word, rules, items, findings)]);
  }
  if (basis.contradictions)
    reasons.push(["INCONCLUSIVE", `the evidence contradicts itself in ${plural(basis.contradictions, "place")}`]);
  if (!run.close) reasons.push(["INCONCLUSIVE", "the run ended before the stack as a whole was judged"]);
  if (!rules.some(rule => rule.state === "met")) reasons.push(["INCONCLUSIVE", "no rule inspected anything"]);
  // What is no deployment is never GO, whatever it is judged at.
  const isDeployment = basis.source === "preview" || basis.source === "in-process";
  if ((tier !== "local" || !isDeployment) && basis.simulated.length > 0)
    reasons.push(["INCONCLUSIVE", `this verdict is simulated: ${basis.simulated.join("; ")}`]);
  const verdict = reasons.map(([word]) => word).reduce(worse, "GO");
  const decisive = reasons.filter(([word]) => word === verdict).map(([, text]) => text);
  const inspected = rules.filter(rule => rule.state === "met").length;
  return {
    schema: "greenlight.verdict/1",
    verdict,
    reason:
      decisive.length > 0
        ? [...new Set(decisive)].join("; ")
        : goReason(inspected, rules.length, run.close!.resources, items, tier),
    stack,
    project,
    tier,
    basis: {
      source: basis.source,
      catalogue: run.catalogue,
      pack: run.pack,
      resources: run.close?.resources ?? 0,
      simulated: basis.simulated,
    },
    counts: Object.fromEntries(
      outcomes.map(state => [state, rules.filter(rule => rule.state === state).length]),
    ) as Record<Outcome, number>,
    items,
    ...(basis.evidence ? evidencePart(basis.evidence, basis.items, items) : {}),
    ...(basis.overridden ? { overridden: basis.overridden } : {}),
    ...(basis.evidence
      ? {
          promises: promisesOf(run.results, basis.evidence.collected, numbersOf(basis.evidence.setting), kind =>
            stateOfKind(items, kind),
          ),
        }
      : {}),
    ...(covering.length > 0
      ? { waivers: covering.map(one => ({ ...one, signed: signedBy.includes(one.approver) })) }
      : {}),
    rules,
    findings,
  };
}

type RuleState = Verdict["rules"][number];
type ItemState = Verdict["items"][number];

/** A rule that met nothing to inspect is not applicable only if the whole graph was seen and held none. */
function ruleState(rule: AnyRule, results: RuleResult[], run: RunEvidence): RuleState {
  const inspected = results.reduce((sum, result) => sum + result.inspected, 0);
  const none: Outcome = run.close ? "not applicable" : "unverifiable";
  const states = results.map(result => result.state).filter(state => state !== "not applicable");
  const state = states.length > 0 ? worstOutcome(states) : none;
  return {
    id: rule.id,
    title: rule.title,
    state: state === "met" && !run.close ? "unverifiable" : state,
    inspected,
    severity: rule.severity,
  };
}

/**
 * An item is as good as its worst rule. What nothing decides yet is asked of every tier but `local`, which asks only
 * what rules decide; there, rules that hold are not enough while a part of the item is open.
 */
function itemState(
  item: Item,
  all: readonly AnyRule[],
  states: RuleState[],
  tier: Tier,
  evidence: Basis["evidence"],
): ItemState {
  const rules = all.filter(rule => rule.items.includes(item.id)).map(rule => rule.id);
  const own = states.filter(rule => rules.includes(rule.id));
  const inspected = own.reduce((sum, rule) => sum + rule.inspected, 0);
  const base = { id: item.id, title: item.title, inspected, rules };
  if (evidence && tier !== "local") return judgedItem(item, base, own, evidence);
  if (rules.length === 0)
    return tier === "local"
      ? { ...base, state: "not applicable", reason: "tier local asks only what rules decide" }
      : { ...base, state: "unverifiable", reason: `not there yet: ${undecidedPart(item)}` };
  const state = worstOutcome(own.map(rule => rule.state));
  const undecided = undecidedPart(item);
  if (undecided && tier !== "local" && verdictOf(state) === "GO")
    return { ...base, state: "unverifiable", reason: `its rules hold; not there yet: ${undecided}` };
  const deciding = own.filter(rule => rule.state === state).map(rule => rule.id);
  return { ...base, state, reason: `${state} by ${deciding.join(", ")}` };
}

/** An item with all it needs at hand: as good as the worst of its rules, its evidence and people's word. */
function judgedItem(
  item: Item,
  base: Omit<ItemState, "state" | "reason">,
  own: RuleState[],
  { collected, setting }: NonNullable<Basis["evidence"]>,
): ItemState {
  const needs = judgeNeeds(item, collected, setting);
  const state = worstOutcome([...own, ...needs].map(one => one.state));
  const rules = own.filter(rule => rule.state === state).map(rule => rule.id);
  const others = needs.filter(one => one.state === state).map(one => `${one.need}: ${one.reason}`);
  // What holds is counted, what does not is named.
  const by = state === "met" && rules.length > 3 ? `${rules.length} rules` : rules.join(", ");
  const reason = [...(rules.length > 0 ? [`${state} by ${by}`] : []), ...others].join("; ");
  return {
    ...base,
    inspected: base.inspected + needs.reduce((sum, one) => sum + one.inspected, 0),
    state,
    reason,
    needs,
  };
}

/** What a verdict says of the evidence it rests on, and the dimensions' scores. */
function evidencePart(
  { collected, setting }: NonNullable<Basis["evidence"]>,
  all: readonly Item[],
  states: ItemState[],
): Pick<Verdict, "dimensions" | "evidence" | "at" | "firstDeployed"> {
  const milestoneOf = (kind: string) => {
    const milestone = setting.register.find(one => one.kind === kind)?.milestone;
    return milestone === undefined ? {} : { milestone };
  };
  const files = [
    ...collected.imported.map(({ file, sha256, format, kind, facts, endedMs, environment, producer }) => ({
      ...{ file, sha256, format, kind, facts, ...milestoneOf(kind) },
      ...(endedMs === undefined ? {} : { ended: new Date(endedMs).toISOString() }),
      ...(environment === undefined ? {} : { environment }),
      ...(producer === undefined ? {} : { producer }),
    })),
    ...collected.attestations.map(({ file, sha256, at, by, signed }) => ({
      ...{ file, sha256, format: "attestation", ended: at },
      ...(signed ? { producer: by } : {}),
    })),
    ...collected.unknown,
  ].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  return {
    dimensions: dimensions.map(name => {
      const asked = states.filter(
        state => state.state !== "not applicable" && all.find(item => item.id === state.id)!.dimensions.includes(name),
      );
      const points = asked.reduce((sum, one) => sum + pointsOf(one.state), 0);
      const mean = asked.length === 0 ? 0 : Math.round((points / asked.length) * 10) / 10;
      const isCapped = asked.some(one => one.state === "not met");
      const met = asked.filter(one => one.state === "met").length;
      return { name, score: isCapped ? Math.min(mean, 5) : mean, met, asked: asked.length };
    }),
    evidence: files,
    at: new Date(setting.nowMs).toISOString(),
    ...(typeof setting.deployedMs === "number" ? { firstDeployed: new Date(setting.deployedMs).toISOString() } : {}),
  };
}

/** The numbers that promises are held to, and what a model says is provable. */
const numbersOf = (setting: Setting) => ({
  limit: limitsOf(setting),
  ...(setting.provableJobMs === undefined ? {} : { provableJobMs: setting.provableJobMs }),
});

/** What the evidence of a kind came to, by the strictest item that asks for it. */
function stateOfKind(items: readonly ItemState[], kind: string): Outcome | undefined {
  const states = items.flatMap(item => item.needs ?? []).flatMap(need => (need.need === kind ? [need.state] : []));
  return states.length > 0 ? worstOutcome(states) : undefined;
}

/** What passed counts ten, what is open five, what failed nothing (S-018). */
const pointsOf = (state: Outcome): number => (state === "met" ? 10 : state === "not met" ? 0 : 5);

function summary(word: VerdictWord, rules: RuleState[], items: ItemState[], findings: Finding[]): string {
  const of = <T extends { state: Outcome }>(list: T[]) => list.filter(one => verdictOf(one.state) === word).length;
  const resources = new Set(findings.filter(finding => verdictOf(finding.state) === word).map(finding => finding.urn))
    .size;
  const verb = { "NO-GO": "not met", INCONCLUSIVE: "not verifiable", CONDITIONAL: "waived" }[word as "NO-GO"];
  const parts = [
    of(rules) > 0 ? `${plural(of(rules), "rule")} ${verb} on ${plural(resources, "resource")}` : "",
    of(items) > 0 ? `${plural(of(items), "item")} ${verb}` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function goReason(met: number, all: number, resources: number, items: ItemState[], tier: Tier): string {
  const unasked = items.filter(item => item.rules.length === 0 && item.state === "not applicable").length;
  const rest = unasked > 0 ? `; ${plural(unasked, "item")} not asked in tier ${tier}` : "";
  return `${met} of ${plural(all, "rule")} met and none violated on ${plural(resources, "resource")}${rest}`;
}

/** Worst first, then by rule, resource and path: a fixed order, whatever order they came in. */
function sortFindings(findings: Finding[]): Finding[] {
  const key = (finding: Finding) =>
    [severities.indexOf(finding.severity), finding.rule, finding.resource, finding.urn, finding.path] as const;
  return [...findings].sort((a, b) => compare(key(a), key(b)));
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i]!;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
