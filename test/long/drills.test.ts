import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { drills } from "../../drills/catalogue";
import { run as runProgram } from "../../local/process";
import { root } from "../../local/state";
import { marked, until } from "../../drills/servers";
import type { DrillReport } from "../../drills/run";
import { collectEvidence } from "../../readiness/evidence/collect";
import { greenlight, temporary } from "../support/local-stack";

/** Processes that work in the folder of a drill below a place, whether it is still there or not. */
const strays = (below: string): string[] =>
  fs
    .readdirSync("/proc")
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const place = fs.readlinkSync(`/proc/${name}/cwd`);
        return place.startsWith(path.join(below, "gl-drill-")) ? [`${name} in ${place}`] : [];
      } catch {
        return [];
      }
    });

/** Drills against real servers; each takes up to two minutes, a rollback eight. */
describe("a real drill", function () {
  this.timeout(16 * 60_000);
  const dir = temporary();
  const evidence = path.join(dir, "evidence");
  // A place of their own, so that drills of somebody else on this machine are not taken for left-overs.
  const env = { GREENLIGHT_REPORT: path.join(dir, "report"), TMPDIR: dir };
  const run = async (id: string, ...more: string[]): Promise<{ code: number; report: DrillReport }> => {
    const done = await greenlight(["drill", ...id.split(" "), "--json", "--evidence", evidence, ...more], env);
    assert.ok(done.stdout.startsWith("{"), done.stderr);
    return { code: done.code, report: JSON.parse(done.stdout) as DrillReport };
  };
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  // Each may have to build what it runs first.
  before(async function () {
    this.timeout(20 * 60_000);
    await greenlight(["drill", "list"], env);
  });

  for (const { id } of drills)
    it(`passes and leaves evidence: ${id}`, async () => {
      const { code, report } = await run(id);
      assert.equal(code, 0, report.reasons.join("; "));
      assert.ok(report.tookMs < 600_000);
      const file = `drill-${id.replaceAll(" ", "-")}.json`;
      const { imported } = collectEvidence(evidence, []);
      const found = imported.find(one => one.file === file)!;
      assert.equal(found.facts.succeeded, true);
      assert.equal(found.simulated, "rehearsed on processes of one machine");
      assert.deepEqual(strays(dir), [], "something is left running");
    });

  for (const { id, sabotages } of drills)
    for (const [sabotage, { comesTo }] of Object.entries(sabotages))
      it(`does not pass spoilt: ${id}, ${sabotage}`, async () => {
        const file = path.join(evidence, `drill-${id.replaceAll(" ", "-")}.json`);
        const evidenceNow = () => (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined);
        const before = evidenceNow();
        const { code, report } = await run(id, "--sabotage", sabotage);
        // Why it did not pass is for somebody to read: it has to be for what was spoilt.
        console.log(`      ${report.reasons.join("; ").slice(0, 400)}`);
        assert.equal(report.result, comesTo, report.reasons.join("; "));
        assert.equal(code, comesTo === "failed" ? 20 : 30);
        // What was spoilt on purpose leaves no evidence.
        assert.equal(evidenceNow(), before);
        assert.deepEqual(strays(dir), [], "something is left running");
      });

  // In a network namespace that has a loopback interface and nothing else; what a drill runs has been fetched by the tests before.
  for (const { id } of drills)
    it(`needs no other network than loopback: ${id}`, async function () {
      const alone = ["--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
      if (spawnSync("unshare", [...alone, "true"]).status !== 0) {
        console.log("      no network namespace with a loopback interface can be made here");
        this.skip();
      }
      const command = [process.execPath, path.join(root, "cli", "launch.js"), "drill", ...id.split(" "), "--json"];
      const done = await runProgram("unshare", [...alone, ...command, "--evidence", evidence], {
        env: { ...process.env, ...env },
        timeoutMs: 15 * 60_000,
      });
      assert.equal((JSON.parse(done.stdout) as DrillReport).result, "passed", done.stdout.slice(0, 2_000));
    });

  it("leaves nothing running when it is interrupted", async () => {
    const child = spawn(
      process.execPath,
      [path.join(root, "cli", "launch.js"), "drill", "failover", "postgres", "--evidence", evidence],
      {
        cwd: root,
        env: { ...process.env, ...env, NO_COLOR: "1" },
        stdio: "ignore",
      },
    );
    const folder = () => fs.readdirSync(dir).find(name => name.startsWith("gl-drill-"));
    assert.ok(await until(() => folder() !== undefined && marked(path.join(dir, folder()!)).length >= 3, 60_000, 100));
    const place = path.join(dir, folder()!);
    const ended = new Promise<number | null>(resolve => child.once("exit", resolve));
    child.kill("SIGINT");
    assert.equal(await ended, 130);
    assert.deepEqual(marked(place), []);
  });
});
