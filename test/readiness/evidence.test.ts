import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import type { Outcome, VerdictWord } from "../../model/outcome";
import { verdicts } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { collectEvidence } from "../../readiness/evidence/collect";
import type { FactValues } from "../../readiness/evidence/imported";
import { shareBounds } from "../../readiness/evidence/samples";
import type { Verdict } from "../../model/verdict";
import { canonicalJson } from "../../model/canonical";
import { computeVerdict } from "../../readiness/verdict";
import {
  adaKey,
  ciKey,
  envelopeOf,
  moment,
  register,
  soundFiles,
  statementOf,
  testKey,
  writeSet,
} from "../support/evidence";
import { temporary } from "../support/local-stack";

const inFolder = <T>(work: (dir: string) => T): T => {
  const dir = temporary();
  try {
    return work(dir);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
};

const readOne = (name: string, content: unknown) =>
  inFolder(dir => {
    fs.writeFileSync(path.join(dir, name), typeof content === "string" ? content : JSON.stringify(content));
    return collectEvidence(dir);
  });

/** Formats, each with what is to be found in it. */
const formats: [name: string, content: unknown, format: string, kind: string, facts: Partial<FactValues>][] = [
  [
    "k6-export.json",
    {
      metrics: {
        http_reqs: { count: 1000 },
        http_req_duration: { "p(95)": 480, thresholds: { "p(95)<400": true, "p(99)<900": false } },
        http_req_failed: { passes: 10, fails: 990 },
      },
    },
    "k6 summary export",
    "load test",
    { total: 1000, failed: 10, p95Ms: 480, brokenLimits: 1 },
  ],
  [
    "k6-summary.json",
    {
      metrics: {
        http_reqs: { values: { count: 1000 } },
        http_req_duration: {
          values: { "p(95)": 480 },
          thresholds: { "p(95)<400": { ok: false }, "p(99)<900": { ok: true } },
        },
        http_req_failed: { values: { rate: 0.01, passes: 10, fails: 990 } },
      },
    },
    "k6 summary",
    "load test",
    { total: 1000, failed: 10, p95Ms: 480, brokenLimits: 1 },
  ],
  [
    "points.ndjson",
    [
      '{"type":"Metric","metric":"http_req_duration","data":{}}',
      ...Array.from(
        { length: 100 },
        (_, n) =>
          `{"type":"Point","metric":"http_req_duration","data":{"time":"2026-11-25T10:00:00Z","value":${n + 1}}}`,
      ),
      '{"type":"Point","metric":"http_req_failed","data":{"time":"2026-11-25T10:00:01Z","value":1}}',
    ].join("\n"),
    "k6 points",
    "load test",
    { total: 100, failed: 1, p95Ms: 95 },
  ],
  [
    "samples.jtl",
    'timeStamp,elapsed,label,responseCode,success\n1764068400000,120,"GET /a, b",200,true\n1764068401000,300,GET /,500,false\n',
    "JMeter samples",
    "load test",
    { total: 2, failed: 1, p95Ms: 300 },
  ],
  [
    "newman.json",
    { collection: {}, run: { stats: { assertions: { total: 9, failed: 2 } }, timings: { completed: 1764068400000 } } },
    "Newman report",
    "API test",
    { total: 9, failed: 2 },
  ],
  [
    "summary.json",
    {
      test_summary: { total: 9, passed: 9 },
      test_results: [
        { name: "a", status: "PASS" },
        { name: "b", status: "FAIL" },
      ],
    },
    "test summary",
    "API test",
    { total: 2, failed: 1 },
  ],
  [
    "junit.xml",
    '<testsuites><testsuite timestamp="2026-11-25T10:00:00Z" time="2"><testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><skipped/></testcase><testsuite><testcase name="d"/></testsuite></testsuite></testsuites>',
    "JUnit report",
    "API test",
    { total: 3, failed: 1 },
  ],
  [
    "lcov.info",
    "TN:\nSF:a.ts\nLF:10\nLH:8\nend_of_record\nSF:b.ts\nLF:10\nLH:10\n",
    "LCOV tracefile",
    "coverage",
    { inspected: 20, coverage: 0.9 },
  ],
  [
    "istanbul.json",
    { total: { lines: { total: 200, covered: 150 } } },
    "Istanbul summary",
    "coverage",
    { inspected: 200, coverage: 0.75 },
  ],
  [
    "cobertura.xml",
    '<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd"><coverage lines-covered="84" lines-valid="100" timestamp="1764068400"/>',
    "Cobertura report",
    "coverage",
    { inspected: 100, coverage: 0.84 },
  ],
  [
    "jacoco.xml",
    '<report name="a"><counter type="BRANCH" missed="1" covered="1"/><counter type="LINE" missed="10" covered="30"/></report>',
    "JaCoCo report",
    "coverage",
    { inspected: 40, coverage: 0.75 },
  ],
  [
    "trivy.json",
    {
      SchemaVersion: 2,
      ArtifactName: "a",
      Results: [{ Vulnerabilities: [{ Severity: "CRITICAL" }, { Severity: "LOW" }] }],
    },
    "Trivy report",
    "image scan",
    { severe: 1, inspected: 2 },
  ],
  [
    "trivy-empty.json",
    { SchemaVersion: 2, ArtifactName: "a" },
    "Trivy report",
    "image scan",
    { severe: 0, inspected: 0 },
  ],
  [
    "grype.json",
    {
      matches: [{ vulnerability: { severity: "High" } }],
      source: { type: "image" },
      descriptor: {
        name: "grype",
        timestamp: "2026-11-25T10:00:00Z",
        db: { status: { built: "2026-11-24T10:00:00Z" } },
      },
    },
    "Grype report",
    "image scan",
    { severe: 1, inspected: 1, databaseAt: Date.parse("2026-11-24T10:00:00Z") },
  ],
  [
    "scan.sarif.json",
    {
      version: "2.1.0",
      runs: [
        { results: [{ level: "error" }, { level: "note" }, { level: "error", suppressions: [{ kind: "external" }] }] },
      ],
    },
    "SARIF log",
    "source scan",
    { severe: 1, inspected: 1 },
  ],
  ["gitleaks.json", [{ RuleID: "aws", File: "a" }], "Gitleaks report", "source scan", { severe: 1, inspected: 1 }],
  [
    "secretlint.json",
    [
      { filePath: "a", messages: [] },
      { filePath: "b", messages: [{}] },
    ],
    "Secretlint report",
    "source scan",
    { severe: 1, inspected: 2 },
  ],
  ["spdx.json", { spdxVersion: "SPDX-2.3", packages: [{}, {}] }, "SPDX", "SBOM", { inspected: 2 }],
  [
    "velero.json",
    {
      apiVersion: "velero.io/v1",
      kind: "Restore",
      status: {
        phase: "Completed",
        startTimestamp: "2026-11-25T10:00:00Z",
        completionTimestamp: "2026-11-25T10:30:00Z",
        progress: { itemsRestored: 9 },
      },
    },
    "Velero restore",
    "restore drill",
    { succeeded: true, rtoMs: 1_800_000, inspected: 9 },
  ],
  [
    "ci.json",
    {
      builds: [
        { name: "dailyDevFast", status: "success" },
        { name: "assemble", status: "failed" },
      ],
      timestamp: "2025-09-29T13:45:00Z",
    },
    "build report",
    "build report",
    { total: 2, failed: 1 },
  ],
];

describe("evidence in the formats of its tools", () => {
  for (const [name, content, format, kind, facts] of formats)
    it(`${format}: ${name}`, () => {
      const { imported, unknown } = readOne(name, content);
      assert.deepEqual(unknown, []);
      assert.deepEqual(
        imported.map(one => [one.format, one.kind, one.facts]),
        [[format, kind, facts]],
      );
    });

  it("tells formats by content, not by name", () => {
    const [, content, format] = formats[0]!;
    assert.equal(readOne("anything.json", content).imported[0]!.format, format);
  });

  it("names what nothing knows, and takes an empty list for no scan", () => {
    assert.deepEqual(
      readOne("x.json", { a: 1 }).unknown.map(one => one.file),
      ["x.json"],
    );
    assert.equal(readOne("gitleaks.json", []).unknown.length, 1);
  });

  it("refuses two values under one key, an envelope that is not whole, and entities", () => {
    assert.throws(() => readOne("a.json", '{"total": 1,\n "total": 2}'), /line 2 is giving the key "total" twice/);
    assert.throws(() => readOne("a.json", '{"a\\u0062": 1, "ab": 2}'), /twice/);
    assert.throws(
      () => readOne("a.json", { ...envelopeOf("load test", {}), nonce: "x" }),
      /nonce is not as the envelope wants it/,
    );
    assert.throws(() => readOne("a.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"), /declares entities/);
  });
});

const run = (tier: Tier) => ({
  subject: { project: "shop", stack: "production", tier, phase: "preview" as const },
  catalogue: "c",
  pack: "k",
  results: rules.map(rule => ({ rule: rule.id, urn: "urn", state: "met" as Outcome, inspected: 1, findings: [] })),
  close: { resources: 100, types: {} },
  tampered: false,
});

/** The verdict of a set of files, all rules being met by a real preview. */
const judged = (dir: string, tier: Tier = "production", nowMs = moment): Verdict =>
  computeVerdict(run(tier), {
    rules,
    items,
    source: "preview",
    simulated: [],
    evidence: {
      collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
      setting: { stack: "production", tier, nowMs, register },
    },
  });

const verdictOfSet = (
  change: (files: Record<string, unknown>) => void = () => {},
  unsigned: string[] = [],
  tier: Tier = "production",
) =>
  inFolder(dir => {
    const files = soundFiles();
    change(files);
    return judged(writeSet(dir, files, unsigned), tier);
  });

/** One thing changed in a sound set: the file, what it is now, and what the verdict becomes. */
const changes: [name: string, file: string, content: unknown, word: VerdictWord, says: RegExp][] = [
  ["no load test", "k6.json", undefined, "INCONCLUSIVE", /no load test is there/],
  [
    "a load test without a request",
    "k6.json",
    { metrics: { http_reqs: { count: 0 }, http_req_duration: {} } },
    "INCONCLUSIVE",
    /counts no request/,
  ],
  ["a load test of 150", "k6.json", k6({ total: 150 }), "INCONCLUSIVE", /150 requests do not prove a P95/],
  ["a load test of 400 without an error", "k6.json", k6({ total: 400, failed: 0 }), "INCONCLUSIVE", /too few to tell/],
  ["a P95 at the limit", "k6.json", k6({ p95: 500 }), "NO-GO", /P95 is 500 ms; need below 500 ms/],
  [
    "errors at the limit",
    "k6.json",
    k6({ failed: 300 }),
    "NO-GO",
    /300 of 60000 requests failed \(0.5 %\); need below 0.5 %/,
  ],
  ["a limit of its own broken", "k6.json", k6({ broken: true }), "NO-GO", /1 of its own limits/],
  ["no P95", "k6.json", k6({ p95: undefined }), "INCONCLUSIVE", /gives no P95/],
  ["no assertion", "newman.json", newmanOf(0, 0), "INCONCLUSIVE", /counts no assertion/],
  ["nine in ten assertions", "newman.json", newmanOf(60, 6), "GO", /./],
  ["fewer than nine in ten", "newman.json", newmanOf(60, 7), "NO-GO", /53 of 60 passed \(88.33 %\); need 90 %/],
  ["more failed than ran", "newman.json", newmanOf(6, 7), "INCONCLUSIVE", /does not say how many failed/],
  ["a severe vulnerability", "trivy.json", trivyOf([{ Severity: "HIGH" }]), "NO-GO", /1 severe findings; need 0/],
  [
    "a scan that saw nothing",
    "trivy.json",
    { SchemaVersion: 2, ArtifactName: "a", Results: [] },
    "INCONCLUSIVE",
    /looked at anything/,
  ],
  ["a secret", "secretlint.json", [{ filePath: "a", messages: [{}] }], "NO-GO", /1 severe findings/],
  ["an empty SBOM", "sbom.json", { bomFormat: "CycloneDX", components: [] }, "INCONCLUSIVE", /lists nothing/],
  [
    "79 % covered",
    "coverage-summary.json",
    { total: { lines: { total: 100, covered: 79 } } },
    "NO-GO",
    /79 % of 100 lines; need 80 %/,
  ],
  ["80 % covered", "coverage-summary.json", { total: { lines: { total: 100, covered: 80 } } }, "GO", /./],
  [
    "more covered than there is",
    "coverage-summary.json",
    { total: { lines: { total: 100, covered: 120 } } },
    "INCONCLUSIVE",
    /counts no line/,
  ],
  [
    "one build of two",
    "builds.json",
    {
      builds: [
        { name: "a", status: "success" },
        { name: "b", status: "failed" },
      ],
    },
    "NO-GO",
    /1 of 2 failed/,
  ],
  ["no build", "builds.json", { builds: [] }, "INCONCLUSIVE", /no build report is there/],
  [
    "a spent budget",
    "budgets.json",
    answer("slo:error_budget:remaining_ratio", "0"),
    "NO-GO",
    /1 of 1 budgets are spent/,
  ],
  [
    "a budget that is no number",
    "budgets.json",
    answer("slo:error_budget:remaining_ratio", "NaN"),
    "NO-GO",
    /budgets are spent/,
  ],
  [
    "no objective",
    "budgets.json",
    { status: "success", data: { resultType: "vector", result: [] } },
    "INCONCLUSIVE",
    /holds no objective/,
  ],
  ["a probe that failed", "probes.json", answer("probe_success", "0"), "NO-GO", /1 of 1 failed/],
  ["pages nobody acted on", "alerts.json", alertsOf(4, 1), "NO-GO", /1 of 4 pages were acted on; need 50 %/],
  ["half of the pages acted on", "alerts.json", alertsOf(4, 2), "GO", /./],
  ["a rollout that is not healthy", "rollout.json", rolloutOf("Degraded"), "NO-GO", /did not end well/],
  [
    "a restore that failed",
    "restore.json",
    envelopeOf("restore drill", { succeeded: false, rtoMs: 1, rpoMs: 1 }),
    "NO-GO",
    /did not succeed/,
  ],
  [
    "a restore of four hours",
    "restore.json",
    envelopeOf("restore drill", { succeeded: true, rtoMs: 14_400_000, rpoMs: 1 }),
    "NO-GO",
    /RTO took 14400 s; need below 14400 s/,
  ],
  [
    "a restore that lost an hour",
    "restore.json",
    envelopeOf("restore drill", { succeeded: true, rtoMs: 1, rpoMs: 3_600_000 }),
    "NO-GO",
    /RPO took 3600 s/,
  ],
  [
    "a restore without its RPO",
    "restore.json",
    envelopeOf("restore drill", { succeeded: true, rtoMs: 1 }),
    "INCONCLUSIVE",
    /gives no RPO/,
  ],
  [
    "a rollback of ten minutes",
    "rollback.json",
    envelopeOf("rollback drill", { succeeded: true, rollbackMs: 600_000 }),
    "NO-GO",
    /the rollback took 600 s/,
  ],
  [
    "a rollback without a time",
    "rollback.json",
    envelopeOf("rollback drill", { succeeded: true }),
    "INCONCLUSIVE",
    /gives no the rollback|gives no/,
  ],
  [
    "a simulated rollback",
    "rollback.json",
    envelopeOf(
      "rollback drill",
      { succeeded: true, rollbackMs: 500 },
      { environment: { name: "production", kind: "simulated" } },
    ),
    "INCONCLUSIVE",
    /rollback drill: simulated/,
  ],
  [
    "a rehearsed restore",
    "restore.json",
    envelopeOf(
      "restore drill",
      { succeeded: true, rtoMs: 1, rpoMs: 1 },
      { environment: { name: "production", kind: "processes" } },
    ),
    "INCONCLUSIVE",
    /rehearsed on processes/,
  ],
  [
    "a drill in staging",
    "failure.json",
    envelopeOf("failure drill", { succeeded: true }, { environment: { name: "staging", kind: "cluster" } }),
    "INCONCLUSIVE",
    /gives another environment/,
  ],
  [
    "a drill of last spring",
    "failure.json",
    envelopeOf("failure drill", { succeeded: true }, { ended: "2026-05-01T12:00:00Z" }),
    "INCONCLUSIVE",
    /gives another time/,
  ],
  [
    "a drill of next year",
    "failure.json",
    envelopeOf("failure drill", { succeeded: true }, { ended: "2027-05-01T12:00:00Z" }),
    "INCONCLUSIVE",
    /gives another time|future/,
  ],
  [
    "a drill that does not say how it ended",
    "failure.json",
    envelopeOf("failure drill", { total: 3 }),
    "INCONCLUSIVE",
    /does not say how it ended/,
  ],
  ["a failed drill", "failure.json", envelopeOf("failure drill", { succeeded: false }), "NO-GO", /did not end well/],
  [
    "a change without approval",
    "change.json",
    envelopeOf("change record", { succeeded: false }),
    "NO-GO",
    /change record/,
  ],
  ["no migration check", "migration.json", undefined, "INCONCLUSIVE", /no migration check/],
  ["no stress test", "stress.json", undefined, "INCONCLUSIVE", /no stress test/],
  [
    "no word on training",
    "attestation-E.1.2-0.json",
    undefined,
    "INCONCLUSIVE",
    /nobody has stated: who is on call was trained/,
  ],
  [
    "somebody's word on another statement",
    "attestation-E.1.2-0.json",
    {
      schema: "greenlight.attestation/1",
      item: "E.1.2",
      statement: "all is well",
      stack: "production",
      by: "Ada",
      at: "2026-11-25T11:00:00Z",
    },
    "INCONCLUSIVE",
    /nobody has stated/,
  ],
];

function k6(given: { total?: number; failed?: number; p95?: number | undefined; broken?: boolean }) {
  const { total = 60_000, failed = 0, broken = false } = given;
  const p95 = "p95" in given ? given.p95 : 240;
  return {
    metrics: {
      http_reqs: { count: total },
      http_req_duration: { ...(p95 === undefined ? {} : { "p(95)": p95 }), thresholds: { "p(95)<500": broken } },
      http_req_failed: { passes: failed, fails: total - failed },
    },
  };
}
function newmanOf(total: number, failed: number) {
  return {
    collection: {},
    run: { stats: { assertions: { total, failed } }, timings: { completed: moment - 3_600_000 } },
  };
}
function trivyOf(found: object[]) {
  return {
    SchemaVersion: 2,
    ArtifactName: "a",
    CreatedAt: "2026-11-25T11:00:00Z",
    Results: [{ Vulnerabilities: found }],
  };
}
function answer(name: string, value: string) {
  return {
    status: "success",
    data: {
      resultType: "vector",
      result: [{ metric: { __name__: name }, value: [(moment - 3_600_000) / 1_000, value] }],
    },
  };
}
function alertsOf(pages: number, acted: number) {
  return Array.from({ length: pages }, (_, n) => ({
    labels: { alertname: "A", severity: "critical" },
    startsAt: "2026-11-25T11:00:00Z",
    actedOn: n < acted,
  }));
}
function rolloutOf(phase: string) {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    status: { phase, conditions: [{ lastUpdateTime: "2026-11-25T11:00:00Z" }] },
  };
}

const reasons = (verdict: Verdict) => verdict.items.map(item => item.reason).join("\n");

describe("a verdict with evidence", () => {
  it("is GO on production for a sound set, every file of it signed", () => {
    const verdict = verdictOfSet();
    assert.equal(
      verdict.verdict,
      "GO",
      verdict.items
        .filter(item => item.state !== "met")
        .map(item => `${item.id} ${item.reason}`)
        .join("\n"),
    );
    assert.deepEqual([...new Set(verdict.items.map(item => item.state))], ["met"]);
    assert.deepEqual(
      verdict.dimensions!.map(one => one.score),
      [10, 10, 10, 10, 10],
    );
    assert.ok(verdict.evidence!.every(one => one.format !== undefined));
  });

  for (const [name, file, content, word, says] of changes)
    it(`is ${word} with ${name}`, () => {
      const verdict = verdictOfSet(files => {
        if (content === undefined) delete files[file];
        else files[file] = content;
      });
      assert.equal(verdict.verdict, word, reasons(verdict));
      assert.match(reasons(verdict), says);
    });

  it("covers at least 60 sets together with the formats", () => assert.ok(changes.length + formats.length >= 60));

  it("counts nothing on production that the named producer has not signed; elsewhere it is marked", () => {
    const names = Object.keys(soundFiles());
    for (const name of names) {
      const verdict = verdictOfSet(() => {}, [name]);
      assert.equal(verdict.verdict, "INCONCLUSIVE", name);
      assert.match(reasons(verdict), /signed/);
    }
    const staging = inFolder(dir => {
      writeSet(dir, soundFiles(), names);
      return judged(dir, "staging");
    });
    assert.equal(staging.verdict, "GO");
    assert.ok(staging.items.flatMap(item => item.needs!).every(need => !need.signed));
  });

  it("takes another producer's signature, a false one and a changed file for what they are", () => {
    const other = testKey("intruder");
    inFolder(dir => {
      writeSet(dir, soundFiles());
      const file = path.join(dir, "k6.json");
      const at = { environment: "production", ended: "2026-11-25T11:00:00Z" };
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statementOf(file, at, other)));
      assert.equal(judged(dir).verdict, "INCONCLUSIVE");
      // A machine cannot give a person's word.
      const word = path.join(dir, "attestation-E.1.2-0.json");
      fs.writeFileSync(`${word}.intoto.json`, JSON.stringify(statementOf(word, at, ciKey)));
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statementOf(file, at, ciKey)));
      assert.match(reasons(judged(dir)), /Ada has not signed it/);
      const forged = statementOf(file, at, ciKey) as { signatures: { sig: string }[] };
      forged.signatures[0]!.sig = `${forged.signatures[0]!.sig.startsWith("A") ? "B" : "A"}${forged.signatures[0]!.sig.slice(1)}`;
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(forged));
      assert.throws(() => judged(dir), /signed in the name of ci, but not by its key/);
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statementOf(file, at, ciKey)));
      fs.appendFileSync(file, " ");
      assert.throws(() => judged(dir), /about another file/);
    });
  });

  it("gets stale as time goes by, and says since when", () => {
    inFolder(dir => {
      writeSet(dir, soundFiles());
      const later = judged(dir, "production", moment + 3 * 86_400_000);
      assert.equal(later.verdict, "INCONCLUSIVE");
      assert.match(reasons(later), /API test: it is 3 days old; it counts for 1/);
    });
  });

  it("lets a newer run stand in for an older one, but not a simulated, an unsigned or an empty one", () => {
    const again = (content: unknown, unsigned: string[] = []) =>
      verdictOfSet(files => {
        files["newman.json"] = newmanOf(60, 30);
        (files["newman.json"] as { run: { timings: { completed: number } } }).run.timings.completed =
          moment - 4_000_000;
        files["newman-2.json"] = content;
      }, unsigned);
    assert.equal(again(newmanOf(60, 0)).verdict, "GO");
    assert.equal(
      again(newmanOf(60, 0))
        .items.flatMap(item => item.needs!)
        .find(one => one.need === "API test")!.superseded,
      1,
    );
    assert.equal(again(newmanOf(60, 0), ["newman-2.json"]).verdict, "NO-GO");
    assert.equal(again(newmanOf(0, 0)).verdict, "NO-GO");
  });

  it("never improves by bad evidence that is added, nor by good evidence that is taken away; the order of files is nothing", () => {
    const rank = (word: VerdictWord) => verdicts.indexOf(word);
    const names = Object.keys(soundFiles());
    fc.assert(
      fc.property(
        fc.subarray(names),
        fc.subarray(changes.filter(([, , content, word]) => content !== undefined && word !== "GO")),
        fc.constantFrom(...names),
        (kept, bad, gone) => {
          const files = soundFiles();
          for (const name of names) if (!kept.includes(name)) delete files[name];
          const before = inFolder(dir => judged(writeSet(dir, files)));
          const worse = inFolder(dir => {
            const all = { ...files };
            for (const [index, [, file, content]] of bad.entries()) all[`bad-${index}-${file}`] = content;
            return judged(writeSet(dir, all));
          });
          assert.ok(rank(worse.verdict) <= rank(before.verdict), `${before.verdict} became ${worse.verdict}`);
          const { [gone]: _gone, ...fewer } = files;
          const less = inFolder(dir => judged(writeSet(dir, fewer)));
          assert.ok(rank(less.verdict) <= rank(before.verdict), `${before.verdict} became ${less.verdict}`);
          const turned = inFolder(dir => judged(writeSet(dir, Object.fromEntries(Object.entries(files).reverse()))));
          assert.equal(canonicalJson(turned), canonicalJson(before));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("tells how sure a share is by Wilson's interval", () => {
    // Agresti and Coull 1998: 0 of 10 gives 0 to 0.278, 5 of 10 gives 0.237 to 0.763.
    const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 0.001, `${a} ${b}`);
    near(shareBounds(0, 10).high, 0.278);
    near(shareBounds(5, 10).low, 0.237);
    near(shareBounds(5, 10).high, 0.763);
    assert.deepEqual(shareBounds(0, 0), { low: 0, high: 1 });
  });
});
