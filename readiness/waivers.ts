import type { Finding, RuleResult } from "../model/finding";
import { worstOutcome } from "../model/outcome";
import type { Tier } from "../model/tier";
import type { Waiver } from "../model/waiver";
import { judge } from "../policies/engine/judge";
import { normalise } from "../policies/engine/resource";
import type { AnyRule } from "../policies/engine/rule";
import type { JudgedWaiver } from "../policies/rules/gate/waivers-in-order";
import { waiverFaults, waiversInOrder, waiverType } from "../policies/rules/gate/waivers-in-order";
import type { TreeObject } from "../model/unknown";

/**
 * Results with waivers in force applied: a finding that one covers becomes `waived`, which carries no GO but a CONDITIONAL
 * one. A waiver that is not in force covers nothing, and each that is not in order is a finding itself.
 * @param today the day in UTC, `YYYY-MM-DD`
 * @param signedBy who signed the file they stand in
 */
export function applyWaivers(
  results: readonly RuleResult[],
  waivers: readonly Waiver[],
  {
    today,
    rules,
    tier,
    signedBy = [],
  }: { today: string; rules: readonly AnyRule[]; tier: Tier; signedBy?: readonly string[] },
): RuleResult[] {
  const judged: JudgedWaiver[] = waivers.map(one => {
    const severity = rules.find(rule => rule.id === one.rule)?.severity;
    const signed = signedBy.includes(one.approver);
    return { ...one, today, used: false, signed, ...(severity ? { severity } : {}) };
  });
  const inForce = judged.filter(one => waiverFaults(one, tier).length === 0);
  const covered = (finding: Finding): Finding => {
    if (finding.state !== "not met" && finding.state !== "unverifiable") return finding;
    const hit = inForce.find(
      one => one.rule === finding.rule && one.resource === finding.resource && isBelow(finding.path, one.path),
    );
    if (!hit) return finding;
    hit.used = true;
    return { ...finding, state: "waived", message: `${finding.message} Waived until ${hit.expires}: ${hit.reason}` };
  };
  const applied = results.map(result => {
    const findings = result.findings.map(covered);
    if (findings.every((one, index) => one === result.findings[index])) return result;
    return { ...result, findings, state: worstOutcome(findings.map(one => one.state)) };
  });
  const own = judged.map((one, index) => {
    const name = `${one.rule} for ${one.resource}`;
    const props = { ...(normalise(one) as TreeObject), metadata: { name } };
    return judge(waiversInOrder, { urn: `waiver ${index + 1}`, type: waiverType, props }, tier)!;
  });
  return [...applied, ...own];
}

/** Whether a path is the waiver's or below it: `containers[1]` covers `containers[1].image`, not `containers[10]`. */
const isBelow = (path: string, waived: string | undefined): boolean =>
  waived === undefined || path === waived || (path.startsWith(waived) && /^[.[]/.test(path.slice(waived.length)));
