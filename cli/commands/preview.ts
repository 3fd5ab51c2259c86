import * as fs from "node:fs";
import * as path from "node:path";
import { policiesDir } from "../../local/environment";
import { root } from "../../local/state";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import { evidenceDir, stackDir } from "../../policies/engine/evidence-file";
import { rules } from "../../policies/rules/catalogue";
import type { Permission } from "../../policies/permission";
import { overriddenBy } from "../../readiness/overridden";
import type { Decision } from "../../readiness/decision";
import { writePlanned } from "../../readiness/report/planned";
import { writeReport } from "../../readiness/report/write";
import { decisionOf, writeDecision } from "../decide";
import type { EngineRun } from "../engine-run";
import { diagnosticsOf, runEngine } from "../engine-run";
import type { gather } from "../gathered";
import type { History } from "../history";
import { readHistory } from "../history";
import { judgePreview, keepPreview } from "../judged-preview";
import { manifestOf } from "../planned-manifest";
import { runSteps } from "../progress";
import type { Prepared, PrepareOptions } from "./prepare";
import { planFile, prepareSteps } from "./prepare";

/** A preview that has been judged. */
export interface Judged {
  verdict: Verdict;
  /** What is told beside it, where evidence was gathered. */
  decision?: Decision;
  report: string;
  run: EngineRun;
  /** What the stack's backend tells of its past; absent for a stack of this machine. */
  history?: History;
  /** The saved plan an update is held to. */
  plan: string;
}

export interface JudgeOptions extends PrepareOptions {
  /** The stack's evidence; without it only rules are judged. */
  gathered?: ReturnType<typeof gather>;
  /** What allows the update that is previewed. */
  permission?: Permission;
}

/** Where reports lie: `$GREENLIGHT_REPORT`, else `report/` of this checkout. */
export const reportDir = (): string => process.env.GREENLIGHT_REPORT ?? path.join(root, "report");

/** What stands in for real parts in a run on this machine; nothing does in a run against a real target. */
function standIns(prepared: Prepared, { real }: PrepareOptions): string[] {
  if (real) return [];
  return [
    ...(prepared.provider ? [] : ["the Kubernetes provider is Greenlight's stand-in, not the official plugin"]),
    ...(prepared.configFile ? ["providers of other clouds only foresee what they would make"] : []),
    "nodes and pods are simulated by KWOK; the control plane is real",
  ];
}

/** Makes everything ready, previews under the gate and judges, showing how far it is. */
export async function prepareAndJudge(prepared: Prepared, options: JudgeOptions, quiet = false): Promise<Judged> {
  let judged!: Judged;
  const preview = {
    title: options.scratchConfig ? "Preview under the gate, offline" : "Preview under the gate",
    run: async (say: (text: string) => void) => {
      judged = await previewAndJudge(prepared, options, say);
      return judged.verdict.verdict;
    },
  };
  await runSteps([...prepareSteps(prepared, options), preview], quiet);
  return judged;
}

/** Previews with the pack, reads what the pack wrote, and judges it. The report is written whatever the verdict. */
async function previewAndJudge(
  prepared: Prepared,
  options: JudgeOptions,
  say: (text: string) => void,
): Promise<Judged> {
  const { project, stack } = options;
  const history = options.real ? await readHistory(project, stack, prepared.env) : undefined;
  const past = history && { deployedMs: history.deployedMs, owed: history.owed };
  const gathered = options.gathered && { ...options.gathered, ...past };
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
  const file = `preview-${runId}.jsonl`;
  if (!fs.existsSync(path.join(evidence, file))) throw engineFault(run, evidence);
  const simulated = standIns(prepared, options);
  keepPreview(stack, file, simulated, manifestOf(run.steps), past);
  const judge = (kept?: Parameters<typeof judgePreview>[3]) =>
    judgePreview(project, stack, { run: file, simulated }, kept, overriddenBy(options.permission));
  const decision = gathered && (await decisionOf(gathered, judge));
  const verdict = decision?.verdict ?? judge();
  writePlanned(reportDir(), stack, run.steps);
  // The engine failed for a reason of its own: nothing that was found explains it, so no verdict carries it.
  if (run.code !== 0 && (verdict.findings.length === 0 || verdict.verdict === "GO")) throw engineFault(run, evidence);
  const report = writeReport(reportDir(), verdict, rules);
  if (decision) await writeDecision(path.dirname(report), decision);
  return { verdict, ...(decision ? { decision } : {}), report, run, ...(history ? { history } : {}), plan };
}

export const engineFault = (run: EngineRun, logDir: string) =>
  fail(
    "the engine",
    `ended with code ${run.code}`,
    "0",
    `${diagnosticsOf(run.output)}\nIts whole output: ${path.relative(process.cwd(), logDir) || "."}/*.log`,
    exitCodes.engineFailed,
  );
