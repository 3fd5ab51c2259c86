import assert from "node:assert/strict";
import { blockersOf } from "../../readiness/blockers";
import { itemsCsv, reviewForm, stepLogs } from "../../readiness/report/forms";
import { inFolder, register, soundFiles, verdictIn, writeSet } from "../support/evidence";

function decision(change: (files: Record<string, unknown>) => void = () => {}) {
  return inFolder(dir => {
    const files = soundFiles();
    change(files);
    writeSet(dir, files);
    const verdict = verdictIn(dir);
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
