import type { Outcome } from "../../model/outcome";
import type { Waiver } from "../../model/waiver";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { blockersOf } from "../../readiness/blockers";
import { holdCourt } from "../../readiness/court/court";
import { readDocument } from "../../readiness/documents/read";
import { collectEvidence } from "../../readiness/evidence/collect";
import { replayInput } from "../../readiness/replay";
import type { Decision } from "../../readiness/decision";
import type { Basis } from "../../readiness/verdict";
import { computeVerdict } from "../../readiness/verdict";
import { adaKey, ciKey, inFolder, moment, register, soundFiles, writeSet } from "./evidence";

/** Markup where a name should be: what evidence and manifests may hold. */
export const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"'\u202e&`;

/** A decision about a small production stack, with one thing changed; `state` is that of one rule. */
export function decisionOf(
  change: (files: Record<string, unknown>) => void,
  state: Outcome = "met",
  waivers: readonly Waiver[] = [],
): Decision {
  return inFolder(dir => {
    const files = soundFiles();
    change(files);
    writeSet(dir, files);
    const results = rules.map((rule, index) => ({
      ...{ rule: rule.id, urn: `urn:pulumi:p::shop::${hostile}`, inspected: 3 },
      state: index === 3 ? state : ("met" as Outcome),
      findings:
        index === 3 && state !== "met"
          ? [
              {
                ...{ rule: rule.id, state, severity: rule.severity, urn: "u", resource: `Deployment shop/${hostile}` },
                ...{ path: "spec.replicas", found: "1", needed: "3", fix: rule.fix, message: "m" },
              },
            ]
          : [],
    }));
    const run = {
      subject: { project: "shop", stack: "production", tier: "production" as const, phase: "preview" as const },
      ...{ catalogue: "c", pack: "k", results, close: { resources: 412, types: {} }, tampered: false },
    };
    const basis: Basis = {
      ...{ rules, items, source: "preview" as const, simulated: [] },
      waivers: { list: waivers, today: "2026-11-25", signedBy: ["Grace"] },
      evidence: {
        collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
        setting: { stack: "production", tier: "production", nowMs: moment, register },
      },
    };
    const verdict = computeVerdict(run, basis);
    const text = `Builds: 1/2 (100%) ${hostile}`;
    const contradictions =
      state === "met" ? [] : holdCourt([readDocument({ file: "a.md", text, bytes: Buffer.from(text) })]);
    return { verdict, blockers: blockersOf(verdict, register), contradictions, input: replayInput(run, basis) };
  });
}

/** One that is blocked by a rule, by a test that failed and by what is missing. */
export const blocked = () =>
  decisionOf(files => {
    delete files["k6.json"];
    delete files["attestation-E.1.2-0.json"];
    (files["newman.json"] as { run: { stats: { assertions: { failed: number } } } }).run.stats.assertions.failed = 50;
  }, "not met");

/** One in which the rule is not met and somebody agreed to that for a while. */
export const waived = () =>
  decisionOf(() => {}, "not met", [
    {
      rule: rules[3]!.id,
      resource: `Deployment shop/${hostile}`,
      category: "planned repair",
      reason: "The second replica comes with the next node.",
      ...{ owner: "Ben", approver: "Grace", created: "2026-11-24", expires: "2026-12-05" },
    },
  ]);

/** What may be shown beside a verdict: the one before, a release that was rolled back, a signature, what sabotage showed. */
export const beside = (): Pick<Decision, "previous" | "proofs" | "signed" | "lanes"> => {
  const stage = { watchedSeconds: 300, requests: 900, p95Ms: 210 };
  return {
    previous: decisionOf(() => {}).verdict,
    proofs: { at: "2026-11-24T00:00:00Z", rules: { "GL-POD-01": { tried: 12, noticed: 12 } } },
    signed: {
      ...{ verdict: "CONDITIONAL", digest: "d".repeat(64), at: "2026-11-25T12:00:00Z" },
      by: [{ name: "Ada", role: "technical lead", key: "f".repeat(64) }],
    },
    lanes: [
      {
        ...{ file: "release.json", schema: "greenlight.release-record/1", service: "api", outcome: "rolled back" },
        identity: { version: "2.0.0<b>" },
        rollout: {
          stages: [
            { ...stage, name: "5 %", percent: 5, state: "passed", errorRate: 0.001 },
            { ...stage, name: "25 %", percent: 25, state: "rolled back", errorRate: 0.032 },
          ],
        },
        rollback: {
          ...{ trigger: { text: "3.2 % of requests failed" }, seconds: 41 },
          steps: [{ name: "weights back", state: "done", seconds: 3.2 }],
        },
      },
    ],
  };
};
