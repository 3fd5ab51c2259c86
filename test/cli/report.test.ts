import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { canonicalJson } from "../../model/canonical";
import type { ReplayInput } from "../../readiness/replay";
import { replay } from "../../readiness/replay";
import { soundFiles, writeSet } from "../support/evidence";
import { greenlight, temporary } from "../support/local-stack";

const at = ["--at", "2026-11-25T12:00:00Z"];

describe("greenlight report", function () {
  this.timeout(120_000);
  const dir = temporary();
  const evidence = path.join(dir, "evidence");
  const out = (name: string) => path.join(dir, name);
  const read = (folder: string, name: string) => fs.readFileSync(path.join(out(folder), name), "utf8");
  before(() => {
    fs.mkdirSync(evidence);
    writeSet(evidence, { ...soundFiles(), "notes.md": "Load test: 1/2 (100%)\n" });
  });
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  it("writes decision, blockers and summary out of the same data, the same bytes each time", async () => {
    const args = ["report", "--stack", "staging", "--evidence", evidence, ...at];
    const first = await greenlight([...args, "--out", out("a")]);
    assert.equal(first.code, 30, first.stderr);
    assert.match(first.stdout, /^INCONCLUSIVE {2}greenlight staging/);
    assert.match(first.stdout, /contradictions: 1/);
    assert.equal((await greenlight([...args, "--out", out("b")])).code, 30);
    assert.deepEqual(fs.readdirSync(out("a")).sort(), fs.readdirSync(out("b")).sort());
    for (const name of fs.readdirSync(out("a")).filter(one => one !== "logs"))
      assert.ok(read("a", name) === read("b", name), `${name} differs`);
    assert.match(
      read("a", "PROD_GO_NO_GO.md"),
      /^# INCONCLUSIVE: greenlight \/ staging\n\n\*\*Must not be deployed\.\*\*/,
    );
    assert.match(read("a", "BLOCKERS.md"), /\| B-01 \| P2 \|/);
    assert.match(read("a", "READINESS_SUMMARY.md"), /percentage-against-counts.*notes\.md:1/);
    assert.match(read("a", "READINESS_SUMMARY.md"), /^\| \S+\.json \| .* \| launch \| /m);
    // The page holds all it takes to compute the same verdict again.
    const input = /<script type="application\/json" id="input">(.*?)<\/script>/s.exec(read("a", "report.html"))![1]!;
    const again = replay(JSON.parse(input) as ReplayInput);
    assert.equal(`${canonicalJson(again, 2)}\n`, read("a", "report.json"));
    // Gathered in production: it is nothing to staging.
    assert.match(read("a", "READINESS_SUMMARY.md"), /it was gathered in production, not in staging/);
  });

  it("says what is wrong with what it is given, and writes nothing", async () => {
    const tried: [string[], number, RegExp][] = [
      [["--evidence", path.join(dir, "nowhere")], 65, /nowhere is not there; need a folder of evidence/],
      [["--evidence", evidence, "--at", "yesterday"], 64, /--at is "yesterday"; need a time with its zone/],
      [["--evidence", evidence, "--stack", "moon"], 64, /stack moon is unknown; need one of local/],
    ];
    for (const [args, code, says] of tried) {
      const done = await greenlight(["report", "--stack", "staging", "--out", out("c"), ...args]);
      assert.equal(done.code, code, done.stderr);
      assert.match(done.stderr, says);
      assert.ok(!fs.existsSync(out("c")));
    }
  });

  it("refuses a trust root that is none", async () => {
    const file = path.join(dir, "trust.yaml");
    fs.writeFileSync(file, "keys: [{name: ci, publicKey: nothing}]\n");
    const done = await greenlight(["report", "--stack", "staging", "--evidence", evidence], { GREENLIGHT_TRUST: file });
    assert.equal(done.code, 64, done.stderr);
    assert.match(done.stderr, /with a key of ci that is none/);
  });
});
