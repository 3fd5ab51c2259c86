import assert from "node:assert/strict";
import type { Outcome } from "../../model/outcome";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { blockersOf } from "../../readiness/blockers";
import { collectEvidence } from "../../readiness/evidence/collect";
import { itemsCsv, reviewForm, stepLogs } from "../../readiness/report/forms";
import { computeVerdict } from "../../readiness/verdict";
import { adaKey, ciKey, inFolder, moment, register, soundFiles, writeSet } from "../support/evidence";

function decision(change: (files: Record<string, unknown>) => void = () => {}) {
  return inFolder(dir => {
    const files = soundFiles();
    change(files);
    writeSet(dir, files);
    const results = rules.map(rule => ({
      rule: rule.id,
      urn: "u",
      state: "met" as Outcome,
      inspected: 1,
      findings: [],
    }));
    const verdict = computeVerdict(
      {
        subject: { project: "shop", stack: "production", tier: "production", phase: "preview" },
        ...{ catalogue: "c", pack: "k", results, close: { resources: 9, types: {} }, tampered: false },
      },
      {
        ...{ rules, items, source: "preview", simulated: [] },
        evidence: {
          collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
          setting: { stack: "production", tier: "production", nowMs: moment, register },
        },
      },
    );
    return { verdict, blockers: blockersOf(verdict, register), contradictions: [] };
  });
}

describe("the forms", () => {
  it("ticks only what is met: all 36 boxes of a sound set, and not the one whose evidence is missing", () => {
    const sound = reviewForm(decision());
    assert.equal(sound.match(/^- \[x\] /gm)!.length, 36);
    assert.doesNotMatch(sound, /^- \[ \]/m);
    const open = reviewForm(decision(files => delete files["migration.json"]));
    assert.equal(open.match(/^- \[x\] /gm)!.length, 35);
    assert.match(open, /^- \[ \] D\.3\.3 .* — unverifiable: migration check: no migration check is there$/m);
    assert.match(open, /\*\*INCONCLUSIVE\*\*.*Reviewed again when B-01 are repaired\./);
  });

  it("logs each of the four steps", () => {
    const logs = stepLogs(decision(files => delete files["k6.json"]));
    assert.deepEqual(Object.keys(logs), [
      "evidence-collection.log",
      "readiness-assessment.log",
      "go-nogo-decision.log",
      "blockers-creation.log",
    ]);
    assert.match(logs["go-nogo-decision.log"]!, /^2026-11-25T12:00:00\.000Z INCONCLUSIVE: /);
    assert.match(
      logs["blockers-creation.log"]!,
      /B-01 P2 load test: no load test is there; owner Ada\n.*1 blockers\n$/,
    );
  });

  it("hands spreadsheets texts, not formulas", () => {
    const given = decision();
    given.verdict.items[0]!.reason = '=HYPERLINK("http://x","y")';
    const csv = itemsCsv(given);
    assert.equal(csv.split("\r\n").length, 1 + 43 + 1);
    assert.match(csv, /"'=HYPERLINK\(""http:\/\/x"",""y""\)"/);
  });
});
