import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { collectEvidence } from "../../readiness/evidence/collect";
import type { FactValues } from "../../readiness/evidence/imported";
import { envelopeOf, inFolder } from "../support/evidence";

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
      Results: [
        {
          Vulnerabilities: [
            { Severity: "CRITICAL", FixedVersion: "1.2.3", PublishedDate: "2026-11-20T00:00:00Z" },
            { Severity: "LOW", PublishedDate: "2024-01-01T00:00:00Z" },
          ],
        },
      ],
    },
    "Trivy report",
    "image scan",
    {
      ...{ severe: 1, inspected: 2, critical: 1, high: 0, medium: 0, low: 1, fixable: 1 },
      oldestSevereAt: Date.parse("2026-11-20T00:00:00Z"),
    },
  ],
  [
    "trivy-empty.json",
    { SchemaVersion: 2, ArtifactName: "a" },
    "Trivy report",
    "image scan",
    { severe: 0, inspected: 0, critical: 0, high: 0, medium: 0, low: 0, fixable: 0 },
  ],
  [
    "grype.json",
    {
      matches: [{ vulnerability: { severity: "High", fix: { state: "fixed" } } }],
      source: { type: "image" },
      descriptor: {
        name: "grype",
        timestamp: "2026-11-25T10:00:00Z",
        db: { status: { built: "2026-11-24T10:00:00Z" } },
      },
    },
    "Grype report",
    "image scan",
    {
      ...{ severe: 1, inspected: 1, critical: 0, high: 1, medium: 0, low: 0, fixable: 1 },
      databaseAt: Date.parse("2026-11-24T10:00:00Z"),
    },
  ],
  [
    "recovered.json",
    {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      metadata: { name: "postgres-restored", creationTimestamp: "2026-11-25T10:00:00Z" },
      spec: { bootstrap: { recovery: { source: "postgres" } } },
      status: {
        phase: "Cluster in healthy state",
        conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2026-11-25T10:12:00Z" }],
      },
    },
    "CloudNativePG recovery",
    "restore drill",
    { succeeded: true, rtoMs: 720_000 },
  ],
  [
    "mongodb-restores.json",
    {
      apiVersion: "v1",
      kind: "List",
      items: [
        {
          apiVersion: "psmdb.percona.com/v1",
          kind: "PerconaServerMongoDBRestore",
          metadata: { name: "drill", creationTimestamp: "2026-11-25T10:00:00Z" },
          status: { state: "error", completed: "2026-11-25T10:05:00Z" },
        },
      ],
    },
    "Percona MongoDB restore",
    "restore drill",
    { succeeded: false, rtoMs: 300_000 },
  ],
  [
    "front-end.prom",
    '# TYPE probe_success gauge\nprobe_success 1\nprobe_http_status_code 200\nprobe_success{target="api"} 0\n',
    "blackbox probe",
    "probe result",
    { total: 2, failed: 1 },
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
