import { sha256, canonicalJson } from "../../model/canonical";
import type { Finding, Observation, RuleResult } from "../../model/finding";
import { findingMessage } from "../../model/finding";
import { worstOutcome } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import { isTier, stricter, tierLabel } from "../../model/tier";
import { isTreeObject } from "../../model/unknown";
import type { Graph } from "./graph";
import { toGraph } from "./graph";
import { UnknownRead } from "./reading";
import type { Resource } from "./resource";
import { shortName } from "./resource";
import type { AnyRule, Context, Judgement, Rule, Subject, Violation } from "./rule";

/** The tier a resource is judged at: its label can raise the stack's, never lower it; one nobody can read asks the most. */
function tierOf(resource: Resource, tier: Tier): Tier {
  const { metadata } = resource.props;
  const labels = isTreeObject(metadata) ? metadata.labels : undefined;
  const asked = isTreeObject(labels) ? labels[tierLabel] : undefined;
  if (asked === undefined) return tier;
  return isTier(asked) ? stricter(tier, asked) : "production";
}

/** Judges one resource by one rule: one outcome, what was inspected, what was found. Never throws. */
export function judge(
  anyRule: AnyRule,
  resource: Resource,
  tier: Tier,
  graph: Graph = toGraph([]),
): RuleResult | undefined {
  const rule = anyRule as unknown as Rule<unknown, unknown>;
  const results: Judged[] = [];
  let subjects: readonly Subject<unknown>[];
  try {
    subjects = rule.subjects(resource);
  } catch (error) {
    return {
      rule: rule.id,
      urn: resource.urn,
      state: "unverifiable",
      inspected: 0,
      findings: [crash(rule, resource, "", error)],
    };
  }
  if (subjects.length === 0) return undefined;
  const own = tierOf(resource, tier);
  const context: Context<unknown> = { tier: own, params: rule.params?.[own], graph };
  for (const subject of subjects) results.push(judgeSubject(rule, subject, context));
  let inspected = 0;
  let reason: string | undefined;
  const findings: Finding[] = [];
  for (const result of results) {
    if (result.outcome !== "not applicable") inspected++;
    reason ||= result.reason;
    findings.push(...result.findings);
  }
  if (own !== tier) for (const one of findings) nameTier(one, own);
  return {
    rule: rule.id,
    urn: resource.urn,
    state: results.length === 1 ? results[0]!.outcome : worstOutcome(results.map(result => result.outcome)),
    inspected,
    findings,
    reason,
    ...(rule.observe ? { observations: results.flatMap(result => result.observations ?? []) } : {}),
  };
}

interface Judged {
  outcome: RuleResult["state"];
  findings: Finding[];
  reason?: string;
  observations?: Observation[];
}

function judgeSubject(rule: Rule<unknown, unknown>, subject: Subject<unknown>, context: Context<unknown>): Judged {
  try {
    const value = subject.read();
    const judgement: Judgement = rule.check(value, context, subject);
    if ("unverifiable" in judgement) {
      const { unverifiable: found, needed } = judgement;
      const part = { state: "unverifiable" as const, path: subject.path, found, needed, fix: rule.fix };
      return { outcome: "unverifiable" as const, findings: [finding(rule, subject.resource, part)] };
    }
    if ("notApplicable" in judgement)
      return { outcome: "not applicable" as const, findings: [], reason: judgement.notApplicable };
    const findings = judgement.map(violation => toFinding(rule, subject, violation));
    const seen = rule.observe ? { observations: rule.observe(value, context) } : {};
    return { outcome: findings.length > 0 ? ("not met" as const) : ("met" as const), findings, ...seen };
  } catch (error) {
    const finding =
      error instanceof UnknownRead
        ? unknown(rule, subject.resource, error.path)
        : crash(rule, subject.resource, subject.path, error);
    return { outcome: "unverifiable" as const, findings: [finding] };
  }
}

/** Says that the tier was asked for by the resource, so that nobody looks for it in the stack. */
function nameTier(finding: Finding, tier: Tier): void {
  finding.needed += `, as its label ${tierLabel} asks for tier ${tier}`;
  finding.message = findingMessage(finding);
}

type About = Pick<Rule, "id" | "severity" | "fix">;

const finding = (
  rule: About,
  resource: Resource,
  part: Pick<Finding, "state" | "path" | "found" | "needed" | "fix">,
): Finding => {
  const base = { rule: rule.id, severity: rule.severity, urn: resource.urn, resource: shortName(resource), ...part };
  return { ...base, message: findingMessage(base) };
};

function toFinding(rule: Rule<unknown, unknown>, subject: Subject<unknown>, violation: Violation): Finding {
  const path = [subject.path, violation.path].filter(Boolean).join(violation.path.startsWith("[") ? "" : ".");
  const found = violation.found ?? shown(violation.value, path, rule.showable ?? []);
  return finding(rule, subject.resource, { state: "not met", path, found, needed: violation.needed, fix: rule.fix });
}

const unknown = (rule: About, resource: Resource, path: string): Finding =>
  finding(rule, resource, {
    state: "unverifiable",
    path,
    found: "not known at preview",
    needed: "a value that can be judged before anything is deployed",
    fix: "Make it a plain value; a name or setting that comes from another resource cannot be checked in time.",
  });

const crash = (rule: About, resource: Resource, path: string, error: unknown): Finding =>
  finding(rule, resource, {
    state: "unverifiable",
    path,
    found: `of a shape the rule cannot read (${error instanceof Error ? error.name : "error"})`,
    needed: "properties in the shape the Kubernetes API documents",
    fix: `Correct the property's type; if it is right, the rule ${rule.id} has a fault and must be mended.`,
  });

/** A value as it may be printed: numbers, booleans and absence always, texts only where the rule allows the path. */
export function shown(value: unknown, path: string, showable: string[]): string {
  if (value === undefined || value === null) return "missing";
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value !== "string") return "an object";
  const last = /([\w-]+)(\[\d+\])?$/.exec(path)?.[1] ?? "";
  if (!showable.includes(last)) return value === "" ? "empty" : `a text of ${value.length} characters`;
  const clean = value.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "?");
  return JSON.stringify(clean.length > 160 ? `${clean.slice(0, 160)}…` : clean);
}

/** A digest of what the rules say: ids, texts, parameters. The code of their checks is covered by pack.lock. */
export function catalogueDigest(rules: readonly AnyRule[], items: unknown): string {
  return sha256(canonicalJson({ rules: rules.map(({ examples: _, ...rule }) => rule), items }));
}
