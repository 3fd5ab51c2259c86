import assert from "node:assert/strict";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { verdictSchema } from "../../model/verdict";
import type { Verdict } from "../../model/verdict";
import { rules } from "../../policies/rules/catalogue";
import { toJunit } from "../../readiness/report/junit";
import { toOpenReport } from "../../readiness/report/open-reports";
import { toSarif } from "../../readiness/report/sarif";

const [first, second, third] = rules;
const finding = (rule: string, state: "not met" | "unverifiable" | "waived", more: object = {}) => ({
  rule,
  state,
  severity: "high" as const,
  urn: `urn:pulumi:x::y::z::${rule}`,
  resource: "Deployment shop/api",
  path: "spec.replicas",
  found: "1",
  needed: "3",
  fix: "Raise it.",
  message: 'Deployment shop/api: spec.replicas is "<1>" & \u0001; need 3. Raise it.',
  ...more,
});
const state = (rule: string, outcome: Verdict["rules"][number]["state"]) => ({
  id: rule,
  title: "Title.",
  state: outcome,
  inspected: 1,
  severity: "high" as const,
});

const verdict: Verdict = verdictSchema.parse({
  schema: "greenlight.verdict/1",
  verdict: "NO-GO",
  reason: "1 rule not met",
  stack: "prod <1>",
  project: "shop",
  tier: "production",
  basis: { source: "manifests", catalogue: "c", pack: "p", resources: 1, simulated: [] },
  counts: { met: 0, "not met": 1, waived: 1, stale: 0, simulated: 0, unverifiable: 1, "not applicable": 1 },
  items: [],
  rules: [
    state(first!.id, "not met"),
    state(second!.id, "unverifiable"),
    state(third!.id, "waived"),
    state(rules[3]!.id, "not applicable"),
    state(rules[4]!.id, "met"),
  ],
  findings: [
    finding(first!.id, "not met", { file: "a b.yaml", line: 3 }),
    finding(second!.id, "unverifiable"),
    finding(third!.id, "waived"),
  ],
});

interface Sarif {
  version: string;
  runs: {
    tool: { driver: { rules: { id: string }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      kind: string;
      level: string;
      locations: { physicalLocation?: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
      partialFingerprints: Record<string, string>;
      suppressions?: object[];
    }[];
  }[];
}

describe("SARIF", () => {
  const sarif = toSarif(verdict, rules) as Sarif;
  const { tool, results } = sarif.runs[0]!;

  it("points every result at its rule and its place", () => {
    assert.equal(sarif.version, "2.1.0");
    for (const result of results) assert.equal(tool.driver.rules[result.ruleIndex]!.id, result.ruleId);
    assert.deepEqual(results[0]!.locations[0]!.physicalLocation, {
      artifactLocation: { uri: "a%20b.yaml" },
      region: { startLine: 3 },
    });
  });

  it("never shows what nobody can tell, or what is waived, as a pass", () => {
    assert.deepEqual(
      results.map(({ kind, level, suppressions }) => [kind, level, suppressions?.length ?? 0]),
      [
        ["fail", "error", 0],
        ["open", "none", 0],
        ["fail", "error", 1],
      ],
    );
  });

  it("keeps a fingerprint while rule, object and place are the same", () => {
    const prints = (one: Verdict) =>
      (toSarif(one, rules) as Sarif).runs[0]!.results.map(each => each.partialFingerprints["greenlight/v1"]);
    const reworded = {
      ...verdict,
      findings: verdict.findings.map(one => ({ ...one, message: "x", line: 9, urn: "u" })),
    };
    assert.deepEqual(prints(reworded), prints(verdict));
    const moved = { ...verdict, findings: verdict.findings.map(one => ({ ...one, path: "spec.x" })) };
    assert.notDeepEqual(prints(moved), prints(verdict));
    assert.equal(new Set(prints(verdict)).size, 3);
  });
});

describe("JUnit", () => {
  const xml = toJunit(verdict);

  it("is XML whatever a message holds", () => {
    assert.equal(XMLValidator.validate(xml), true);
    assert.ok(!xml.includes("\u0001"));
  });

  it("counts what fails, what is an error and what is skipped", () => {
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(xml) as {
      testsuites: { testsuite: Record<string, unknown> & { testcase: Record<string, unknown>[] } };
    };
    const { testsuite } = testsuites;
    assert.deepEqual(
      ["@_tests", "@_failures", "@_errors", "@_skipped"].map(key => testsuite[key]),
      ["5", "1", "1", "2"],
    );
    assert.deepEqual(
      testsuite.testcase.map(one => ["failure", "error", "skipped", "system-out"].find(key => key in one)),
      ["failure", "error", "skipped", "skipped", "system-out"],
    );
  });
});

describe("OpenReports", () => {
  it("counts what it lists, and leaves out what does not apply", () => {
    const report = toOpenReport(verdict) as {
      metadata: { name: string };
      summary: Record<string, number>;
      results: { result: string; policy: string }[];
    };
    assert.match(report.metadata.name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    assert.deepEqual(report.summary, { pass: 1, fail: 1, warn: 0, error: 1, skip: 1 });
    assert.equal(report.results.length, 4);
    assert.ok(!report.results.some(one => one.policy === rules[3]!.id));
  });
});
