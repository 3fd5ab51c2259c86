import type { VerdictWord } from "../../model/outcome";
import { envelopeOf, moment } from "./evidence";

/** One thing changed in a sound set: the file, what it is now, and what the verdict becomes. */
export const changes: [name: string, file: string, content: unknown, word: VerdictWord, says: RegExp][] = [
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
  ["four assertions", "newman.json", newmanOf(4, 0), "INCONCLUSIVE", /4 tests are too few to tell; need 5/],
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
    "nobody's word",
    "attestation-E.1.2-0.json",
    {
      ...{ schema: "greenlight.attestation/1", item: "E.1.2", stack: "production", at: "2026-11-25T11:00:00Z" },
      ...{ statement: "who is on call was trained in alerts, traces and rollback", by: "TBD" },
    },
    "INCONCLUSIVE",
    /"TBD" is nobody/,
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
export function newmanOf(total: number, failed: number) {
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
