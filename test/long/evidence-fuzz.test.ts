import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { UserError } from "../../model/faults";
import { blockersOf } from "../../readiness/blockers";
import { blockersMarkdown, decisionMarkdown, summaryMarkdown } from "../../readiness/report/decision";
import { ciKey, register, soundFiles, statementOf, verdictIn, writeSet } from "../support/evidence";
import { temporary } from "../support/local-stack";

describe("hostile evidence", function () {
  this.timeout(600_000);

  it("never crashes, never hangs and never reaches GO: 10,000 mutated files that nobody signed anew", () => {
    const dir = temporary();
    const sound = soundFiles();
    writeSet(dir, sound);
    assert.equal(verdictIn(dir).verdict, "GO");
    const pieces = [
      ...'{}[]",:0123456789-.eE\\ntf'.split(""),
      ..."1e999 NaN -1 null true false __proto__ constructor \u202e 99999999999999999999 <script> ]]> {} [] []".split(
        " ",
      ),
    ];
    let ran = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(sound)),
        fc.array(fc.tuple(fc.nat(), fc.nat(30), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 5 }),
        (name, edits) => {
          ran++;
          const file = path.join(dir, name);
          const before = fs.readFileSync(file, "utf8");
          let text = before;
          for (const [at, length, piece] of edits) {
            const place = at % (text.length + 1);
            text = text.slice(0, place) + piece + text.slice(place + length);
          }
          if (text === before) return;
          fs.writeFileSync(file, text);
          try {
            assert.notEqual(verdictIn(dir).verdict, "GO", `${name}: ${text}`);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          } finally {
            fs.writeFileSync(file, before);
          }
        },
      ),
      { numRuns: 10_000 },
    );
    console.log(`      ${ran} files`);
    fs.rmSync(dir, { recursive: true });
  });

  it("gets nothing past its readers when the producer signs whatever it is given", () => {
    const dir = temporary();
    const sound = soundFiles();
    writeSet(dir, sound);
    const at = { environment: "production", ended: "2026-11-25T11:00:00Z" };
    const markup = "<img src=x onerror=alert(1)>\"'`|\n# GO\n[x](javascript:alert(1))\u202e";
    const hostile: Record<string, unknown> = {
      "k6.json": {
        metrics: {
          http_reqs: { count: "60000" },
          http_req_duration: { "p(95)": "1e-9" },
          http_req_failed: { rate: -1 },
        },
      },
      "newman.json": { run: { stats: { assertions: { total: 1e308, failed: -5 } }, timings: { completed: 1e300 } } },
      "coverage-summary.json": { total: { lines: { total: -1, covered: -1 } } },
      "restore.json": { schema: "greenlight.evidence/1", kind: "restore drill", toString: 1, hasOwnProperty: 2 },
      "budgets.json": { status: "success", data: { result: [{ metric: { __name__: markup }, value: [1, "2"] }] } },
      "builds.json": { builds: [{ name: markup, status: markup }] },
      "alerts.json": [{ labels: { alertname: markup, severity: "critical" }, startsAt: markup, actedOn: "yes" }],
      "trivy.json": {
        SchemaVersion: 2,
        ArtifactName: markup,
        Results: [null, 1, { Vulnerabilities: [null] }],
        CreatedAt: "x",
      },
    };
    for (const [name, content] of Object.entries(hostile)) {
      const file = path.join(dir, name);
      fs.writeFileSync(file, JSON.stringify(content));
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statementOf(file, at, ciKey)));
      try {
        const verdict = verdictIn(dir);
        assert.notEqual(verdict.verdict, "GO", name);
        const decision = { verdict, blockers: blockersOf(verdict, register), contradictions: [] };
        for (const text of [blockersMarkdown(decision), decisionMarkdown(decision), summaryMarkdown(decision)]) {
          assert.doesNotMatch(text, /<img|<script|^# GO$|\]\(javascript|\u202e/m, name);
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
      fs.writeFileSync(file, JSON.stringify(sound[name]));
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statementOf(file, at, ciKey)));
    }
    fs.rmSync(dir, { recursive: true });
  });
});
