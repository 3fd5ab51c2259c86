import assert from "node:assert/strict";
import { limits } from "../../model/limits";
import { applyEdits } from "../../policies/engine/example";
import { store } from "../../policies/engine/example-stores";
import { rules } from "../../policies/rules/catalogue";
import { collectEvidence } from "../../readiness/evidence/collect";
import { promisesOf } from "../../readiness/promises";
import { adaKey, ciKey, envelopeOf, inFolder, soundFiles, writeSet } from "../support/evidence";
import { judgeAll } from "../support/resources";

const given = applyEdits(store("postgres"), [["Cluster", "spec.storage", { size: "10Gi" }]]);
const observed = ["GL-BAK-02", "GL-BAK-08"].flatMap(id =>
  judgeAll(
    rules.find(rule => rule.id === id)!,
    given,
  ),
);

const shown = (change: (files: Record<string, unknown>) => void = () => {}) =>
  inFolder(dir => {
    const files = soundFiles();
    change(files);
    writeSet(dir, files);
    return promisesOf(
      observed,
      collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
      { limit: limits.production },
      () => "met",
    ).map(one => `${one.what} ${one.of} ${one.declared} ${one.provable ?? "-"} ${one.measured ?? "-"} ${one.state}`);
  });

describe("declared, provable, measured", () => {
  it("stand beside each other: the design's from the rules, the rest from what was measured for real", () =>
    assert.deepEqual(shown(), [
      "P95  500 - 240 met",
      "RPO shop/db 60 5 2 met",
      "RTO shop/db 240 190.71 30 met",
      "error rate  0.5 - 0.05 met",
      "rollback  10 - 3.53 met",
    ]));

  it("takes no rehearsal and no stress test for a measurement, and a limit that is reached for broken", () => {
    const rehearsed = { environment: { name: "production", kind: "processes" } };
    const rows = shown(files => {
      files["restore.json"] = envelopeOf("restore drill", { succeeded: true, rtoMs: 1, rpoMs: 1 }, rehearsed);
      files["rollback.json"] = envelopeOf("rollback drill", { succeeded: true, rollbackMs: 600_000 });
    });
    assert.ok(rows.includes("RPO shop/db 60 5 - unverifiable"), rows.join("\n"));
    assert.ok(rows.includes("rollback  10 - 10 not met"), rows.join("\n"));
    assert.ok(rows.includes("P95  500 - 240 met"), "the stress test's 900 ms are no promise");
  });

  it("proves nothing by a number that does not count", () =>
    inFolder(dir => {
      writeSet(dir, soundFiles());
      const states = promisesOf(observed, collectEvidence(dir), { limit: limits.production }, () => "stale").map(
        one => one.state,
      );
      assert.deepEqual([...new Set(states)], ["stale"]);
    }));

  it("measures each store by its own restore, and jobs by what the workers can do and what was seen", () =>
    inFolder(dir => {
      const of = (name: string, rtoMs: number) => {
        const envelope = envelopeOf("restore drill", { succeeded: true, rtoMs, rpoMs: 1_000 }) as { subject: object };
        return { ...envelope, subject: { ...envelope.subject, what: `restore ${name}`, stores: [`shop/${name}`] } };
      };
      writeSet(dir, { "a.json": of("db", 60_000), "b.json": of("cache", 6_000_000) });
      const collected = collectEvidence(dir, [ciKey.trusted, adaKey.trusted]);
      const rows = (provableJobMs: number) =>
        promisesOf(observed, collected, { limit: limits.production, provableJobMs }, () => "met").map(
          one => `${one.what} ${one.of} ${one.provable ?? "-"} ${one.measured ?? "-"} ${one.state}`,
        );
      assert.ok(rows(240_000).includes("RTO shop/db 190.71 1 met"), rows(240_000).join("\n"));
      assert.ok(rows(240_000).includes("AI job P95  4 - unverifiable"));
      assert.ok(rows(301_000).includes("AI job P95  5.02 - not met"));
      writeSet(dir, { "jobs.json": envelopeOf("load test", { total: 900, failed: 0, p95Ms: 90, jobP95Ms: 120_000 }) });
      const seen = promisesOf(
        [],
        collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
        { limit: limits.production },
        () => "met",
      );
      assert.equal(seen.find(one => one.what === "AI job P95")!.measured, 2);
    }));

  it("without evidence says what the design can do, and that nobody measured it", () =>
    assert.deepEqual(
      promisesOf(observed, undefined, { limit: limits.production }, () => undefined).map(one => one.state),
      ["unverifiable", "unverifiable", "unverifiable", "unverifiable", "unverifiable"],
    ));

  it("knows what has to be reached instead of stayed below", () => {
    const rows = (id: string, name: string) => {
      const rule = rules.find(one => one.id === id)!;
      const example = rule.examples().find(one => one.name === name)!;
      return promisesOf(judgeAll(rule, example.given), undefined, { limit: limits.production }, () => undefined)
        .filter(one => ["availability", "headroom"].includes(one.what))
        .map(one => `${one.what} ${one.of} ${one.declared} ${one.provable} ${one.unit} ${one.state}`);
    };
    assert.deepEqual(rows("GL-SLO-04", "less than it depends on"), ["availability api 99 99.9 % unverifiable"]);
    assert.deepEqual(rows("GL-SLO-04", "more than it depends on"), ["availability api 99.9 99.5 % not met"]);
    assert.deepEqual(rows("GL-SLO-04", "more, with a fallback"), ["availability api 99.9 100 % unverifiable"]);
    assert.deepEqual(rows("GL-RES-04", "full without scaling"), ["headroom shop cpu 30 25 % not met"]);
  });
});
