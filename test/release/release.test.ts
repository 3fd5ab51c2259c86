import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import { evidenceSchema } from "../../model/evidence";
import type { ReleaseRecord } from "../../model/release-record";
import { readLines } from "../../release/journal";
import { rollbackSteps } from "../../release/start";
import { greenlight, temporary } from "../support/local-stack";
import type { ReferenceRepository } from "../support/reference-repository";
import { referenceRepository } from "../support/reference-repository";
import { fieldsOf } from "./record-fields";

const version = "v2.0.0";
const percents = [5, 25, 50, 100];
const stepsOf = [
  ...["gate: scan", "gate: builds", "gate: api", "deploy"],
  ...percents.flatMap(one => [`shift to ${one} %`, `watch ${one} %`]),
  "verify",
];

describe("greenlight release", function () {
  this.timeout(300_000);
  let repository: ReferenceRepository;
  afterEach(() => repository.remove());

  const release = (command: string, ...args: string[]) =>
    greenlight(["release", command, ...args, "--repository", repository.dir]);
  const attemptDir = (attempt = 1) => path.join(repository.dir, ".greenlight", "releases", version, String(attempt));
  const linesOf = () => readLines(path.join(attemptDir(), "journal.jsonl"));
  const record = () => JSON.parse(fs.readFileSync(path.join(attemptDir(), "record.json"), "utf8")) as ReleaseRecord;

  /** A machine that serves v1.9.0 under load, and v2.0.0 tagged. */
  const ready = async (seconds: number, fault?: string, perSecond = 200): Promise<void> => {
    repository = referenceRepository(seconds);
    assert.equal((await greenlight(["release", "gate", "builds", "--repository", repository.dir])).code, 0);
    const up = repository.target("up", "v1.9.0");
    assert.equal(up.code, 0, up.said);
    if (perSecond > 0) repository.load(perSecond);
    if (fault) repository.plant(fault);
    repository.release(version);
  };

  it("walks a good version to all users, and its record carries every field of S-045 to S-112", async () => {
    await ready(2);
    const { code, stdout, stderr } = await release("start", version);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^RELEASED {2}reference-service v2\.0\.0 {2}v2\.0\.0 serves all users\./m);
    assert.deepEqual(
      linesOf().flatMap(one => (one.event === "done" ? [one.step] : [])),
      stepsOf,
    );
    assert.deepEqual(repository.course(), [
      ...[`deploy ${version}`, ...percents.map(one => `shift ${version} ${one}`), `verify ${version}`],
    ]);
    assert.match((await release("start", version)).stdout, /v2\.0\.0 is released already/);
    assert.equal((await release("abort", version, "--reason", "too late")).code, 64);
    const out = temporary();
    const said = await release(
      "record",
      ...[version, "--state", "teams-notified=mail of 9:00", "--by", "someone"],
      ...["--stack", "staging", "--evidence", path.join(out, "evidence"), "--out", out],
    );
    assert.equal(said.code, 0, said.stderr);
    const made = JSON.parse(fs.readFileSync(path.join(out, "record.json"), "utf8")) as ReleaseRecord;
    assert.deepEqual(
      made.rollout.stages.map(one => [one.percent, one.state, one.healthy, one.errorRate]),
      percents.map(one => [one, "passed", true, 0]),
    );
    assert.ok(made.rollout.stages.every(one => one.requests! >= 5 && one.watchedSeconds >= 2));
    assert.equal(made.checklists.before.points.find(one => one.id === "teams-notified")!.state, "met");
    assert.equal(made.checklists.before.points.find(one => one.id === "on-call-in-place")!.state, "open");
    const missing = fieldsOf
      .filter(([, , get]) => get(made) === undefined || get(made) === "")
      .map(([number]) => number);
    assert.deepEqual(missing, []);
    const markdown = fs.readFileSync(path.join(out, "record.md"), "utf8");
    for (const word of ["K5", "v1.9.0", "JWT Authentication", "dailyDevFast", "flowchart LR", "mail of 9:00"])
      assert.ok(markdown.includes(word), word);
    const evidence = fs
      .readdirSync(path.join(out, "evidence"))
      .map(name => evidenceSchema.parse(JSON.parse(fs.readFileSync(path.join(out, "evidence", name), "utf8"))));
    assert.deepEqual(
      evidence.map(one => [one.kind, one.environment.kind, one.facts[0]!.value]),
      [
        ["change record", "repository", true],
        ["migration check", "repository", true],
        ["rollout record", "processes", true],
      ],
    );
    fs.rmSync(out, { recursive: true });
  });

  it("takes a version back that fails one request in ten, at the stage that shows it", async () => {
    await ready(4, "errors");
    const { code, stdout, stderr } = await release("start", version);
    assert.equal(code, 20, stdout + stderr);
    assert.match(stdout, /^ROLLED BACK {2}/m);
    const made = record();
    assert.equal(made.rollback.trigger!.name, "high_error_rate");
    assert.match(
      made.rollback.trigger!.text,
      /^\d+(\.\d+)? % of \d+ requests failed; at most 3 % \(the drill of v1\.9\)$/,
    );
    assert.deepEqual(
      made.rollback.steps.map(one => [one.name, one.state]),
      rollbackSteps.map(one => [one, "done"]),
    );
    assert.deepEqual([made.rollback.success, made.rollback.verification.probes], [{ done: 1, of: 1 }, 5]);
    assert.ok(made.rollback.blastRadius.percentOfUsers <= 25, String(made.rollback.blastRadius.percentOfUsers));
    assert.equal(made.rollback.blastRadius.outageSeconds, 0);
    assert.equal(made.rollback.blastRadius.dataLoss, null, "nobody measured it");
    assert.ok(made.rollback.seconds! > 0 && made.rollback.seconds! < 60);
    assert.deepEqual(repository.course().slice(-3), [`shift ${version} 0`, `rollback v1.9.0`, `clean ${version}`]);
    const { weights, versions } = JSON.parse(
      fs.readFileSync(path.join(repository.dir, ".greenlight", "target", "state.json"), "utf8"),
    ) as { weights: object; versions: object };
    assert.deepEqual([weights, Object.keys(versions)], [{ "v1.9.0": 100 }, ["v1.9.0"]]);
    assert.equal((await release("start", version)).code, 64, "not again by itself");
  });

  it("refused by a gate, goes on with the commit that mends it, as an attempt of its own", async () => {
    await ready(1, "firebase");
    const refused = await release("start", version);
    assert.equal(refused.code, 20, refused.stderr);
    assert.match(refused.stdout, /^REFUSED {2}/m);
    assert.match(refused.stdout, /src\/server\.ts:1: uses firebase-admin/);
    assert.deepEqual(repository.course(), []);
    repository.git("checkout", "-q", "v1.9.0", "--", "src");
    repository.git("tag", "-d", version);
    repository.git("push", "-q", "origin", `:refs/tags/${version}`);
    repository.release(version);
    const mended = await release("start", version);
    assert.equal(mended.code, 0, mended.stdout + mended.stderr);
    assert.match((await release("status")).stdout, /^RELEASED {2}reference-service v2\.0\.0, attempt 2/m);
  });

  it("waits for people where nobody asks the version anything, and goes back when they say so", async () => {
    await ready(1, undefined, 0);
    const { code, stdout } = await release("start", version);
    assert.equal(code, 30, stdout);
    assert.match(stdout, /^WAITING {2}/m);
    assert.match(stdout, /watch 5 %: 0 requests were counted; need 5 to tell/);
    const status = await release("status");
    assert.match(status.stdout, /^UNDER WAY {2}reference-service v2\.0\.0, attempt 1/m);
    const back = await release("abort", version, "--reason", "nobody is here", "--by", "someone");
    assert.equal(back.code, 0, back.stderr);
    assert.match(back.stdout, /^ROLLED BACK/m);
    assert.equal(record().rollback.trigger!.text, "someone: nobody is here");
  });

  it("stops within a second when another process asks it to go back", async () => {
    await ready(60);
    const running = release("start", version);
    while (!fs.existsSync(attemptDir()) || !linesOf().some(one => one.event === "look")) await pause(100);
    const second = await release("start", version);
    assert.equal(second.code, 64);
    assert.match(second.stderr, /being released by another process/);
    const aborted = release("abort", version, "--reason", "a hunch");
    assert.equal((await running).code, 20);
    assert.equal((await aborted).code, 0);
    const asked = Date.parse(linesOf().find(one => one.event === "trigger")!.at);
    const { at } = JSON.parse(fs.readFileSync(path.join(attemptDir(), "abort.json"), "utf8")) as { at: string };
    assert.ok(asked - Date.parse(at) < 10_000);
  });

  it("killed at each step and run again, neither repeats nor skips one", async () => {
    await ready(1);
    const killed: string[] = [];
    for (;;) {
      const at = await startUntilNewStep(killed);
      if (at === undefined) break;
      killed.push(at);
    }
    assert.deepEqual(killed, stepsOf.slice(0, killed.length));
    assert.ok(killed.length >= stepsOf.length - 1, `killed at ${killed.join(", ")}`);
    assert.deepEqual(
      linesOf().flatMap(one => (one.event === "done" ? [one.step] : [])),
      stepsOf,
    );
    assert.deepEqual(repository.course(), [
      ...[`deploy ${version}`, ...percents.map(one => `shift ${version} ${one}`), `verify ${version}`],
    ]);
    assert.equal(record().outcome, "released");
  });

  it("killed at each step back, goes on going back", async () => {
    await ready(4, "errors");
    const killed: string[] = [];
    for (;;) {
      const at = await startUntilNewStep(killed, step => (rollbackSteps as readonly string[]).includes(step));
      if (at === undefined) break;
      killed.push(at);
    }
    assert.ok(killed.length >= 3, killed.join(", "));
    assert.deepEqual(
      linesOf().flatMap(one =>
        one.event === "done" && (rollbackSteps as readonly string[]).includes(one.step) ? [one.step] : [],
      ),
      [...rollbackSteps],
    );
    assert.deepEqual(repository.course().slice(-3), [`shift ${version} 0`, `rollback v1.9.0`, `clean ${version}`]);
    assert.equal(record().outcome, "rolled back");
  });

  /** Starts the release and kills it at the first step that it was not killed at before; undefined once it has ended by itself. */
  async function startUntilNewStep(
    before: readonly string[],
    counts: (step: string) => boolean = () => true,
  ): Promise<string | undefined> {
    const child = spawn(
      process.execPath,
      [path.join(root, "bin", "cli", "greenlight.js"), "release", "start", version, "--repository", repository.dir],
      { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, CI: "true" } },
    );
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    let ended = false;
    let code: number | null = null;
    const closed = new Promise<void>(resolve =>
      child.once("close", by => {
        ended = true;
        code = by;
        resolve();
      }),
    );
    while (!ended) {
      const begun = fs.existsSync(attemptDir())
        ? linesOf().flatMap(one => (one.event === "begun" ? [one.step] : []))
        : [];
      const step = begun.find(one => !before.includes(one) && counts(one));
      if (step !== undefined) {
        child.kill("SIGKILL");
        await closed;
        return step;
      }
      await pause(2);
    }
    assert.ok(code === 0 || code === 20, `it ended with ${code}: ${said}`);
    return undefined;
  }
});

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
