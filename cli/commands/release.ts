import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { canonicalJson } from "../../model/canonical";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { ReleaseRecord } from "../../model/release-record";
import { hasColour, paint, verdictColours } from "../../readiness/report/terminal";
import { writeWhole } from "../../release/command";
import { git } from "../../release/identity";
import { Journal, lastAttempt, releaseDir } from "../../release/journal";
import type { Plan } from "../../release/plan";
import { planRelease } from "../../release/plan";
import { recordOf } from "../../release/record/record";
import type { Ended } from "../../release/start";
import { abortFile, runRelease } from "../../release/start";
import { momentOf } from "../gathered";
import { interrupted } from "../interrupted";
import { printJson } from "../output";
import type { ReleaseOptions } from "../release-files";
import { madeOf, settled, usage, writeRecord } from "../release-files";
import type { GateName } from "./release-gate";
import { runGate, writeGate } from "./release-gate";
import { status } from "./release-record";

/** `greenlight release plan`: whether a version may go out, and how it will. */
export async function plan(version: string, options: ReleaseOptions): Promise<number> {
  const { repository, settings } = settled(options);
  const nowMs = options.at === undefined ? Date.now() : momentOf(options.at, "--at");
  const planned = await planRelease(repository, settings, version, nowMs);
  if (options.json) printJson(planned);
  else console.log(planText(planned));
  return exitCodes[planned.verdict];
}

function planText(planned: Plan): string {
  const colour = hasColour();
  return [
    `${paint(planned.verdict, verdictColours[planned.verdict], colour)}  release plan  ${planned.service} ${planned.version}, ${planned.previous ?? "nothing"} before it`,
    ...planned.checks.map(({ state, title, found }) => {
      const style = state === "met" ? "green" : state === "not met" ? "red" : "yellow";
      return `${paint(state.padEnd(14), style, colour)} ${title} ${found}`;
    }),
    ...planned.limits.conflicts.map(one => `${paint("conflict".padEnd(14), "yellow", colour)} ${one}`),
    `steps: ${planned.steps.join(" → ")}`,
    `time: ${planned.minutes} min of stages`,
    planned.verdict === "GO" || planned.verdict === "CONDITIONAL"
      ? `next: \`greenlight release start ${planned.version}\``
      : planned.verdict === "INCONCLUSIVE"
        ? "next: make what is unverifiable known, or go on with `--force <reason>`"
        : "next: mend what is not met, and plan again",
  ].join("\n");
}

/** `greenlight release start`: the gates, the deployment, the stages; the way back where a limit is broken. */
export async function start(version: string, options: ReleaseOptions): Promise<number> {
  const { repository, settings } = settled(options);
  const top = releaseDir(repository, version);
  let attempt = lastAttempt(top);
  const before = attempt > 0 ? new Journal(path.join(top, String(attempt)), Date.now) : undefined;
  const outcome = before?.outcome();
  if (outcome === "released") {
    console.log(`${version} is released already\nnext: \`greenlight release record ${version}\``);
    return exitCodes.GO;
  }
  if (outcome === "rolled back" && !options.again)
    throw usage(
      version,
      "rolled back",
      "--again",
      "A new attempt begins at the first stage, after what was wrong is mended.",
    );
  const head = git(repository, "rev-parse", "HEAD");
  // What was refused before anything was deployed is mended by another commit: that is an attempt of its own.
  const begun = before?.lines.find(one => one.event === "started");
  const isMended = begun?.event === "started" && begun.commit !== head && before?.hasBegun("deploy") === false;
  const isNew = attempt === 0 || outcome === "rolled back" || isMended;
  if (isNew) attempt++;
  const dir = path.join(top, String(attempt));
  fs.mkdirSync(dir, { recursive: true });
  const release = await lock(dir, {
    stale: 5_000,
    update: 1_000,
    // Longer than a lock of a killed process takes to go stale.
    retries: { retries: 24, minTimeout: 500, maxTimeout: 500 },
  }).catch(() => {
    throw usage(
      version,
      "being released by another process here",
      "one at a time",
      "`greenlight release status` says where it is.",
    );
  });
  try {
    const journal = new Journal(dir, Date.now);
    const planned = await plannedFor(journal, () => planRelease(repository, settings, version, Date.now()));
    const { sha } = planned.identity.commit;
    if (journal.lines.length === 0) {
      mayStart(planned, options);
      const forced = options.force === undefined ? {} : { forced: options.force };
      journal.add({ event: "started", version, previous: planned.previous!, commit: sha, attempt, ...forced });
    } else {
      // What is checked out is what is built and deployed: the steps that are left have to be of the same commit.
      if (head !== sha)
        throw usage("the checkout", `at ${head?.slice(0, 12)}`, `${sha.slice(0, 12)}, with which ${version} was begun`);
      journal.add({ event: "resumed" });
    }
    const previous = planned.previous!;
    const ended = await runRelease({
      ...{ repository, plan: planned, previous, journal, release: settings.release },
      gate: async (name, folder) => {
        const result = await runGate(name as GateName, repository, settings, text => console.error(`  ${text}`));
        writeGate(folder, result);
        return { verdict: result.verdict, said: [result.said, ...result.problems.slice(0, 3)].join("; ") };
      },
      now: Date.now,
      sleep: ms => pause(ms),
      say: text => console.error(text),
      isInterrupted: () => interrupted.signal.aborted,
    });
    const made = recordOf(madeOf(repository, settings, dir));
    writeRecord(dir, made, settings.release);
    if (options.json) printJson({ schema: "greenlight.release/1", ended, record: made });
    else console.log(endText(ended, made, dir));
    return codeOf(ended);
  } finally {
    await release();
  }
}

/** The plan this attempt goes by: that of its first step; before that, it is made anew each time. */
async function plannedFor({ dir, lines }: Journal, make: () => Promise<Plan>): Promise<Plan> {
  const file = path.join(dir, "plan.json");
  if (lines.length > 0) return JSON.parse(fs.readFileSync(file, "utf8")) as Plan;
  const planned = await make();
  writeWhole(file, `${canonicalJson(planned, 2)}\n`);
  return planned;
}

function mayStart(planned: Plan, { force }: ReleaseOptions): void {
  const of = (state: string) =>
    planned.checks.filter(one =>
      state === "not met" ? one.state === "not met" : !["met", "not applicable", "not met"].includes(one.state),
    );
  const bad = of("not met");
  if (bad.length > 0)
    throw fail(
      planned.version,
      `not to be released (${bad.map(one => one.found).join("; ")})`,
      "a plan that is GO",
      `\`greenlight release plan ${planned.version}\` shows it.`,
      exitCodes["NO-GO"],
    );
  const open = of("open");
  if (open.length > 0 && !force)
    throw fail(
      planned.version,
      `not known to be ready (${open.map(one => one.found).join("; ")})`,
      "a plan that is GO, or --force with a reason",
      undefined,
      exitCodes.INCONCLUSIVE,
    );
}

function codeOf(ended: Ended): number {
  const codes = {
    released: "GO",
    "rolled back": "NO-GO",
    refused: "NO-GO",
    waiting: "INCONCLUSIVE",
    interrupted: "interrupted",
    "not rolled back": "engineFailed",
  } as const;
  return exitCodes[codes[ended]];
}

function endText(ended: Ended, made: ReleaseRecord, dir: string): string {
  const { version } = made.identity;
  const next: Record<Ended, string> = {
    released: `\`greenlight release record ${version} --state …\` completes the record`,
    "rolled back": `mend it, tag it anew, or \`greenlight release start ${version} --again\``,
    refused: "mend what the gate found, and start again",
    waiting: `\`greenlight release start ${version}\` goes on waiting, \`greenlight release abort ${version} --reason …\` goes back`,
    interrupted: `\`greenlight release start ${version}\` goes on where it was`,
    "not rolled back": `THE VERSION BEFORE IS NOT BACK: \`greenlight release start ${version}\` tries again, or do it by hand (${made.rollback.playbook ?? "no playbook is named"})`,
  };
  const lines = made.log.filter(one => one.level === "error").slice(-3);
  return [
    `${paint(ended.toUpperCase(), ended === "released" ? "green" : "red", hasColour())}  ${made.service} ${version}  ${made.conclusion}`,
    ...made.rollout.stages.map(
      one =>
        `${`${one.percent} %`.padEnd(6)} ${one.state}${one.requests === null ? "" : `: ${one.requests} requests, ${one.errorRate === null ? "–" : `${Number((one.errorRate * 100).toFixed(2))} %`} failed, P95 ${Math.round(one.p95Ms ?? 0)} ms`}`,
    ),
    ...lines.map(one => `${one.component}: ${one.message}`),
    `record: ${path.relative(process.cwd(), path.join(dir, "record.md"))}`,
    `next: ${next[ended]}`,
  ].join("\n");
}

/** `greenlight release abort`: asks the release that runs to go back, or goes back itself. */
export async function abort(version: string, options: ReleaseOptions): Promise<number> {
  const { repository } = settled(options);
  const top = releaseDir(repository, version);
  const dir = path.join(top, String(lastAttempt(top)));
  if (!fs.existsSync(path.join(dir, "journal.jsonl")))
    throw usage(version, "not started here", "a release that is under way");
  const outcome = new Journal(dir, Date.now).outcome();
  if (outcome)
    throw usage(
      version,
      outcome,
      "a release that is under way",
      outcome === "released" ? "Release the version before under a new tag, or `greenlight up --rollback`." : undefined,
    );
  writeWhole(
    abortFile(dir),
    `${canonicalJson({ reason: options.reason, by: options.by ?? os.userInfo().username, at: new Date().toISOString() }, 2)}\n`,
  );
  // Where nothing runs, this goes back itself; where something does, it waits for that to have gone.
  let code: number | undefined;
  for (let waited = 0; waited < 600 && code === undefined && !new Journal(dir, Date.now).outcome(); waited++) {
    code = await start(version, options).catch((error: unknown) => {
      if (error instanceof Error && /being released by another process/.test(error.message)) return undefined;
      throw error;
    });
    if (code === undefined) await pause(500);
  }
  const isBack = new Journal(dir, Date.now).outcome() === "rolled back";
  if (code === undefined) status(version, options);
  // What was asked for is done: that the release is no GO is not this command's failure.
  return isBack ? exitCodes.GO : (code ?? exitCodes.engineFailed);
}
