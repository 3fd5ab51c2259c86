import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import { evidenceDir, stackDir } from "../../policies/engine/evidence-file";
import { catalogueDigest } from "../../policies/engine/judge";
import { readJson } from "../../policies/engine/seal";
import type { PackLock } from "../../policies/guard";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { policiesDir } from "../../local/environment";
import { root } from "../../local/state";
import { readWaivers, waiverFile } from "../../stacks/waivers";
import { today } from "../today";
import { readRunEvidence } from "../../readiness/evidence/run";
import { computeVerdict } from "../../readiness/verdict";
import { writePlanned } from "../../readiness/report/planned";
import { writeReport } from "../../readiness/report/write";
import type { EngineRun } from "../engine-run";
import { diagnosticsOf, runEngine } from "../engine-run";
import type { Project } from "../project";
import { runSteps } from "../progress";
import type { Prepared, PrepareOptions } from "./prepare";
import { planFile, prepareSteps } from "./prepare";

/** A preview that has been judged. */
export interface Judged {
  verdict: Verdict;
  report: string;
  run: EngineRun;
  /** The saved plan an update is held to. */
  plan: string;
}

/** Where reports lie: `$GREENLIGHT_REPORT`, else `report/` of this checkout. */
const reportDir = (): string => process.env.GREENLIGHT_REPORT ?? path.join(root, "report");

/** What stands in for real parts in a run on this machine. */
function standIns(prepared: Prepared): string[] {
  return [
    ...(prepared.provider ? [] : ["the Kubernetes provider is Greenlight's stand-in, not the official plugin"]),
    ...(prepared.configFile ? ["providers of other clouds only foresee what they would make"] : []),
    "nodes and pods are simulated by KWOK; the control plane is real",
  ];
}

/** Makes everything ready, previews under the gate and judges, showing how far it is. */
export async function prepareAndJudge(prepared: Prepared, options: PrepareOptions, quiet = false): Promise<Judged> {
  let judged!: Judged;
  const preview = {
    title: options.scratchConfig ? "Preview under the gate, offline" : "Preview under the gate",
    run: async (say: (text: string) => void) => {
      judged = await previewAndJudge(options.project, options.stack, prepared, say);
      return judged.verdict.verdict;
    },
  };
  await runSteps([...prepareSteps(prepared, options), preview], quiet);
  return judged;
}

/** Previews with the pack, reads what the pack wrote, and judges it. The report is written whatever the verdict. */
async function previewAndJudge(
  project: Project,
  stack: string,
  prepared: Prepared,
  say: (text: string) => void,
): Promise<Judged> {
  const { configFile } = prepared;
  const runId = `${Date.now()}-${process.pid}`;
  const evidence = stackDir(evidenceDir(policiesDir), stack);
  const plan = planFile(stack);
  fs.mkdirSync(evidence, { recursive: true });
  fs.rmSync(plan, { force: true });
  const run = await runEngine(
    ["preview", "--stack", stack, "--save-plan", plan, ...(configFile ? ["--config-file", configFile] : [])],
    {
      cwd: project.dir,
      env: { ...prepared.env, GREENLIGHT_RUN: runId },
      logDir: evidence,
      say,
    },
  );
  const file = path.join(evidence, `preview-${runId}.jsonl`);
  if (!fs.existsSync(file)) throw engineFault(run, evidence);
  const judged = readRunEvidence(file);
  const lock = readJson<PackLock>(path.join(policiesDir, "pack.lock"));
  const expected = { catalogue: catalogueDigest(rules, items), pack: lock?.bundle ?? "" };
  const waivers = { list: readWaivers(waiverFile(project.stackDir, stack)), today: today() };
  const simulated = standIns(prepared);
  const verdict = computeVerdict(judged, { rules, items, source: "preview", simulated, expected, waivers });
  writePlanned(reportDir(), stack, run.steps);
  // The engine failed for a reason of its own: nothing that was found explains it, so no verdict carries it.
  if (run.code !== 0 && (verdict.findings.length === 0 || verdict.verdict === "GO")) throw engineFault(run, evidence);
  return { verdict, report: writeReport(reportDir(), verdict, rules), run, plan };
}

export const engineFault = (run: EngineRun, logDir: string) =>
  fail(
    "the engine",
    `ended with code ${run.code}`,
    "0",
    `${diagnosticsOf(run.output)}\nIts whole output: ${path.relative(process.cwd(), logDir) || "."}/*.log`,
    exitCodes.engineFailed,
  );
