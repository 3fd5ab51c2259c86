import assert from "node:assert/strict";
import type { Outcome } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import type { Owned } from "../../readiness/blockers";
import { blockersOf } from "../../readiness/blockers";
import { collectEvidence } from "../../readiness/evidence/collect";
import type { Expected } from "../../readiness/evidence/setting";
import { pathToGo } from "../../readiness/path";
import { decisionMarkdown, summaryMarkdown } from "../../readiness/report/decision";
import { computeVerdict } from "../../readiness/verdict";
import { envelopeOf, inFolder, soundFiles, writeSet } from "../support/evidence";

/** The founding documents' facts as evidence in the formats of real tools: the verdicts are theirs, not asserted by hand. */
function judged(files: Record<string, unknown>, at: string, register: readonly (Expected & Owned)[]) {
  const verdict: Verdict = inFolder(dir => {
    writeSet(dir, files, Object.keys(files), Date.parse(at));
    const results = rules.map(rule => ({
      ...{ rule: rule.id, urn: "u", state: "met" as Outcome, inspected: 1, findings: [] },
    }));
    return computeVerdict(
      {
        subject: { project: "wemaster", stack: "production", tier: "staging", phase: "preview" },
        ...{ catalogue: "c", pack: "k", results, close: { resources: 9, types: {} }, tampered: false },
      },
      {
        ...{ rules, items, source: "preview", simulated: [] },
        evidence: {
          collected: collectEvidence(dir),
          setting: { stack: "production", tier: "staging", nowMs: Date.parse(at), register },
        },
      },
    );
  });
  return { verdict, blockers: blockersOf(verdict, register), contradictions: [] };
}

const stateOf = (verdict: Verdict, kind: string) =>
  verdict.items.flatMap(item => item.needs ?? []).find(one => one.need === kind);

/** Everything that the document does not complain of is as it should be, at the document's own time. */
function allElseSound(shiftMs: number): Record<string, unknown> {
  const shifted = JSON.stringify(soundFiles())
    .replace(/2026-11-2\d[T0-9:.]+Z/g, text => new Date(Date.parse(text) + shiftMs).toISOString())
    .replace(/\b17\d{8}(\d{3})?\b/g, (text, ms?: string) =>
      String(Number(text) + (ms === undefined ? shiftMs / 1_000 : shiftMs)),
    );
  return JSON.parse(shifted) as Record<string, unknown>;
}

const junit = (passed: number, failed: number, at: string) =>
  `<testsuites><testsuite name="e2e" timestamp="${at}" time="1">${'<testcase name="a"/>'.repeat(passed)}${'<testcase name="b"><failure/></testcase>'.repeat(failed)}</testsuite></testsuites>`;

describe("the readiness summary (document 0)", () => {
  const at = "2025-11-02T12:34:00Z";
  const files = allElseSound(Date.parse(at) - Date.parse("2026-11-25T12:00:00Z"));
  delete files["newman.json"];
  // 0 % end to end; the asynchronous service is unhealthy; the load test's harness is there, but nothing ran.
  files["e2e.xml"] = junit(0, 12, "2025-11-02T12:31:00Z");
  files["k6.json"] = { metrics: { http_reqs: { count: 0 }, http_req_duration: {} } };
  delete files["probes.json"];
  files["coverage-summary.json"] = { total: { lines: { total: 100, covered: 84 } } };
  const register: (Expected & Owned)[] = [
    { kind: "API test", owner: "qa", estimateHours: [2, 4] },
    { kind: "probe result", owner: "sre", estimateHours: [1, 2] },
    { kind: "load test", owner: "sre", estimateHours: [2, 3], dependsOn: ["probe result"] },
  ];
  const decision = judged(files, at, register);

  it("is NO-GO, and keeps what failed apart from what could not be verified", () => {
    assert.equal(decision.verdict.verdict, "NO-GO");
    assert.equal(stateOf(decision.verdict, "API test")!.state, "not met");
    assert.equal(stateOf(decision.verdict, "load test")!.state, "unverifiable");
    assert.equal(stateOf(decision.verdict, "probe result")!.state, "unverifiable");
    assert.equal(stateOf(decision.verdict, "coverage")!.state, "met");
    assert.match(decisionMarkdown(decision), /^# NO-GO.*\n\n\*\*Must not be deployed\.\*\*/);
  });

  it("has its three blockers, its order, and its projected finish of 18:34", () => {
    assert.deepEqual(
      decision.blockers.map(one => [one.title.split(":")[0], one.priority, one.hours]),
      [
        ["API test", "P1", [2, 4]],
        ["load test", "P2", [2, 3]],
        ["probe result", "P2", [1, 2]],
      ],
    );
    const path = pathToGo(decision.blockers);
    assert.equal(new Date(Date.parse(at) + path.most * 3_600_000).toISOString(), "2025-11-02T18:34:00.000Z");
    assert.deepEqual(path.critical, ["B-03", "B-02"]);
  });

  it("scores ten for what passed, and no dimension that holds a failure above five", () => {
    const scores = Object.fromEntries(decision.verdict.dimensions!.map(one => [one.name, one.score]));
    assert.equal(scores.deployment, 10);
    assert.ok(scores.function! <= 5 && scores.security! <= 5);
    assert.match(summaryMarkdown(decision), /unverifiable: \d+ \(.*C\.1\.2/);
  });
});

describe("the release record (document 3)", () => {
  const at = "2025-09-29T14:00:00Z";
  const files = allElseSound(Date.parse(at) - Date.parse("2026-11-25T12:00:00Z"));
  files["builds.json"] = {
    timestamp: "2025-09-29T13:45:00Z",
    builds: [
      { name: "dailyDevFast", status: "success", seconds: 0.07 },
      { name: "assemble", status: "failed", seconds: 0.15 },
    ],
  };
  delete files["newman.json"];
  const names = ["Health Check", "JWT Authentication", "Rate Limiting", "Message Creation", "SSE Events"];
  files["newman.json"] = {
    timestamp: "2025-09-29T13:50:00Z",
    test_summary: { total: 5, passed: 5, failed: 0, duration: 2.5, status: "PASS" },
    test_results: names.map(name => ({ name, status: "PASS" })),
  };
  files["rollback.json"] = envelopeOf(
    "rollback drill",
    { succeeded: true, rollbackMs: 500 },
    { ended: "2025-09-29T13:00:00Z", environment: { name: "production", kind: "simulated" } },
  );
  const { verdict, blockers } = judged(files, at, []);

  it("ships only after the build is fixed: one failed build fails the gate, whatever the other did", () => {
    assert.equal(verdict.verdict, "NO-GO");
    assert.equal(stateOf(verdict, "build report")!.reason, "1 of 2 failed; need none");
    assert.equal(blockers[0]!.title, "build report: 1 of 2 failed; need none");
  });

  it("passes the API tests by their rows, and lets a simulated drill of half a second prove nothing", () => {
    assert.equal(stateOf(verdict, "API test")!.reason, "5 of 5 passed (100 %)");
    assert.deepEqual(
      [stateOf(verdict, "rollback drill")!.state, stateOf(verdict, "rollback drill")!.reason],
      ["simulated", "simulated"],
    );
  });
});

describe("the review (document 4)", () => {
  it("must not be deployed with nothing measured and nothing stated: every item is open, none is GO", () => {
    const { verdict, blockers } = judged({ "notes.json": { decision: "No-Go" } }, "2025-08-21T12:00:00Z", []);
    assert.equal(verdict.verdict, "INCONCLUSIVE");
    assert.deepEqual([...new Set(verdict.items.map(item => item.state))], ["unverifiable"]);
    assert.ok(blockers.every(one => one.owner === undefined));
  });
});
