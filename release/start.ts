import * as fs from "node:fs";
import * as path from "node:path";
import type { VerdictWord } from "../model/outcome";
import { runCommand } from "./command";
import { runOnce } from "./durable";
import type { Journal } from "./journal";
import type { Plan } from "./plan";
import type { ReleaseSettings } from "./settings";
import type { Measure, Trigger } from "./triggers";
import { readMeasure, triggered } from "./triggers";

/** What a gate came to. */
export interface Gate {
  verdict: VerdictWord;
  said: string;
}

/** What a release is run with. */
export interface Run {
  repository: string;
  release: ReleaseSettings;
  plan: Plan;
  previous: string;
  journal: Journal;
  /** Runs a gate and leaves its report in the folder. */
  gate: (name: string, folder: string) => Promise<Gate>;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  say?: (text: string) => void;
  /** True once somebody interrupted us: the step under way is let finish, the next is not begun. */
  isInterrupted: () => boolean;
}

export type Ended = "released" | "rolled back" | "refused" | "waiting" | "interrupted" | "not rolled back";

/** S-086, in the order they are gone. */
export const rollbackSteps = [
  "stop the rollout",
  "drain the new version",
  "switch traffic back",
  "verify the version before",
  "clean up",
] as const;

/** How often an unhealthy version is asked again before it counts, and how many probes verify a rollback (S-091). */
const askedAgain = 2;
const probes = 5;
const secondMs = 1_000;

/** Goes through the steps, from where the journal says they are. */
export async function runRelease(run: Run): Promise<Ended> {
  const { journal, plan } = run;
  const done = journal.outcome();
  if (done) return done;
  if (!journal.trigger()) {
    for (const step of plan.steps) {
      if (journal.isDone(step)) continue;
      if (askedToAbort(run, step)) break;
      if (run.isInterrupted()) return "interrupted";
      run.say?.(step);
      const ended = await goStep(run, step);
      if (ended !== undefined) return ended;
      if (journal.trigger()) break;
    }
  }
  if (!journal.trigger()) {
    journal.add({ event: "released" });
    return "released";
  }
  return rollBack(run);
}

async function goStep(run: Run, step: string): Promise<Ended | undefined> {
  const { journal } = run;
  if (!journal.hasBegun(step)) journal.add({ event: "begun", step });
  const from = run.now();
  const done = (note?: string): undefined => {
    journal.add({ event: "done", step, seconds: (run.now() - from) / secondMs, ...(note ? { note } : {}) });
    return undefined;
  };
  if (step.startsWith("gate: ")) {
    const { verdict, said } = await run.gate(step.slice("gate: ".length), journal.dir);
    if (verdict === "GO" || verdict === "CONDITIONAL") return done(said);
    journal.add({ event: "failed", step, note: said });
    // Nothing was deployed: there is nothing to take back.
    return "refused";
  }
  if (step.startsWith("watch ")) return watch(run, step, done);
  const percent = /^shift to (\d+(?:\.\d+)?) %$/.exec(step)?.[1];
  const { commands } = run.release;
  const command = percent ? commands.shift : step === "verify" ? commands.verify! : commands.deploy;
  const { code, tail } = await once(run, step, command, { PERCENT: percent ?? (step === "verify" ? "100" : "0") });
  if (code === 0) return done();
  const text = `${step} ended with code ${code}${tail.length > 0 ? `: ${tail.at(-1)}` : ""}`;
  journal.add({ event: "failed", step, note: text });
  journal.add({ event: "trigger", step, trigger: { name: "unhealthy", text } });
  return undefined;
}

/** Variables that commands are told. */
const told = ({ plan, previous, journal }: Run): Record<string, string> => ({
  ...{ VERSION: plan.version, PREVIOUS: previous, COMMIT: plan.identity.commit.sha, RELEASE: journal.dir },
});

const once = (run: Run, step: string, command: string, more: Record<string, string>) =>
  runOnce(path.join(run.journal.dir, "steps", step.replace(/[^\w]+/g, "-")), command, {
    cwd: run.repository,
    environment: { ...told(run), ...more },
  });

/** Whether the version is well: asked again before that counts, for a single lost packet is no fault of it. */
async function isHealthy(run: Run, version: Record<string, string>): Promise<boolean> {
  for (let asked = 0; asked < askedAgain; asked++) {
    if (asked > 0) await run.sleep(secondMs);
    const { code } = await runCommand(run.release.commands.health, {
      ...{ cwd: run.repository, minutes: 1, environment: { ...told(run), ...version } },
    });
    if (code === 0) return true;
  }
  return false;
}

async function measured(run: Run, version: Record<string, string>): Promise<Measure | undefined> {
  const { code, stdout } = await runCommand(run.release.commands.measure, {
    ...{ cwd: run.repository, minutes: 1, environment: { ...told(run), ...version } },
  });
  return code === 0 ? readMeasure(stdout) : undefined;
}

/** Watches a stage for its time. Only time in which somebody looked counts: what happened while we were gone, nobody saw. */
async function watch(run: Run, step: string, done: (note: string) => undefined): Promise<Ended | undefined> {
  const { journal, plan, release } = run;
  const stage = plan.stages.find(one => step === `watch ${one.percent} %`)!;
  const everyMs = (release.everySeconds ?? 15) * secondMs;
  const least = release.leastRequests ?? 100;
  const wholeMs = stage.minutes * 60 * secondMs;
  let watchedMs = journal.looks(step).at(-1)?.watchedMs ?? 0;
  const environment = { PERCENT: String(stage.percent) };
  for (let lookedMs: number | undefined; ;) {
    const healthy = await isHealthy(run, environment);
    const measure = await measured(run, environment);
    const now = run.now();
    // A look that came late saw no more than one that came in time.
    if (lookedMs !== undefined) watchedMs = Math.min(wholeMs, watchedMs + Math.min(now - lookedMs, 2 * everyMs));
    lookedMs = now;
    journal.add({ event: "look", step, healthy, watchedMs, ...(measure ? { measure } : {}) });
    const said = measure
      ? `${measure.requests} requests, ${measure.failed} failed, P95 ${Math.round(measure.p95Ms)} ms`
      : "not measured";
    run.say?.(
      `${step}: ${Math.round(watchedMs / secondMs)} of ${Math.round(wholeMs / secondMs)} s, ${healthy ? "healthy" : "not healthy"}, ${said}`,
    );
    const trigger: Trigger | undefined = !healthy
      ? { name: "unhealthy", text: `${plan.version} does not say that it is well, asked ${askedAgain} times` }
      : measure && triggered(measure, plan.limits, least);
    if (trigger) {
      journal.add({ event: "trigger", step, trigger });
      return undefined;
    }
    if (watchedMs >= wholeMs) {
      // Too few requests, or none that were counted, show nothing: people decide whether to wait or to go back.
      if (!measure || measure.requests < least) {
        journal.add({
          event: "failed",
          step,
          note: `${measure?.requests ?? "no"} requests were counted; need ${least} to tell`,
        });
        return "waiting";
      }
      return done(said);
    }
    for (let waited = 0; waited < everyMs && watchedMs + waited < wholeMs; waited += secondMs) {
      await run.sleep(Math.min(secondMs, everyMs - waited, wholeMs - watchedMs - waited));
      if (askedToAbort(run, step)) return undefined;
      if (run.isInterrupted()) return "interrupted";
    }
  }
}

/** Somebody's wish to go back, as `release abort` leaves it. */
export interface Abort {
  reason: string;
  by: string;
  at: string;
}
export const abortFile = (dir: string): string => path.join(dir, "abort.json");

function askedToAbort({ journal }: Run, step: string): boolean {
  const file = abortFile(journal.dir);
  if (!fs.existsSync(file)) return false;
  const { reason, by } = JSON.parse(fs.readFileSync(file, "utf8")) as Abort;
  if (!journal.trigger())
    journal.add({ event: "trigger", step, trigger: { name: "manual", text: `${by}: ${reason}` } });
  return true;
}

/** Brings the version before back, by the five steps; one that failed is tried again by the next run. */
async function rollBack(run: Run): Promise<Ended> {
  const { journal, release, previous } = run;
  // Before the deployment nothing is to be taken back.
  const isOut = journal.hasBegun("deploy");
  for (const step of rollbackSteps) {
    if (journal.isDone(step)) continue;
    run.say?.(step);
    if (!journal.hasBegun(step)) journal.add({ event: "begun", step });
    const from = run.now();
    // Asked about is the version that is to serve again.
    const back = { PERCENT: "0", VERSION: previous };
    const problem = isOut ? await goBack(run, step, back) : undefined;
    if (problem) {
      journal.add({ event: "failed", step, note: problem });
      // Draining is a courtesy; what has to work is the switch.
      if (step === "drain the new version" || step === "clean up") {
        journal.add({ event: "done", step, seconds: (run.now() - from) / secondMs, note: problem });
        continue;
      }
      fs.rmSync(path.join(journal.dir, "steps", step.replace(/[^\w]+/g, "-")), { recursive: true, force: true });
      return "not rolled back";
    }
    const note = isOut
      ? step === "clean up" && !release.commands.clean
        ? "nothing was to be done"
        : undefined
      : "nothing was deployed";
    journal.add({ event: "done", step, seconds: (run.now() - from) / secondMs, ...(note ? { note } : {}) });
  }
  journal.add({ event: "rolled back" });
  return "rolled back";
}

/** One step back; gives what went wrong. */
async function goBack(
  run: Run,
  step: (typeof rollbackSteps)[number],
  back: Record<string, string>,
): Promise<string | undefined> {
  const { commands } = run.release;
  const ran = async (command: string, more: Record<string, string>): Promise<string | undefined> => {
    const { code, tail } = await once(run, step, command, more);
    return code === 0 ? undefined : `${step} ended with code ${code}${tail.length > 0 ? `: ${tail.at(-1)}` : ""}`;
  };
  switch (step) {
    case "stop the rollout":
      return undefined;
    case "drain the new version":
      return ran(commands.shift, { PERCENT: "0" });
    case "switch traffic back":
      return ran(commands.rollback, {});
    case "clean up":
      return commands.clean ? ran(commands.clean, {}) : undefined;
    case "verify the version before": {
      for (let probe = 0; probe < probes; probe++) {
        if (probe > 0) await run.sleep(secondMs);
        const { code, tail } = await runCommand(commands.health, {
          ...{ cwd: run.repository, minutes: 1, environment: { ...told(run), ...back } },
        });
        if (code !== 0)
          return `probe ${probe + 1} of ${probes} ended with code ${code}${tail.length > 0 ? `: ${tail.at(-1)}` : ""}`;
      }
      const measure = await measured(run, back);
      run.journal.add({ event: "look", step, healthy: true, watchedMs: 0, ...(measure ? { measure } : {}) });
      return undefined;
    }
  }
}
