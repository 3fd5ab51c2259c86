import * as fs from "node:fs";
import * as path from "node:path";
import { compiled, root } from "../local/state";
import { canonicalJson } from "../model/canonical";
import type { Verdict } from "../model/verdict";
import { items } from "../policies/items/catalogue";
import { blockersOf } from "../readiness/blockers";
import type { ReplayInput } from "../readiness/replay";
import type { Decision } from "../readiness/decision";
import { pathOf } from "../readiness/decision";
import { blockersMarkdown, decisionMarkdown, summaryMarkdown } from "../readiness/report/decision";
import { itemsCsv, reviewForm, stepLogs } from "../readiness/report/forms";
import type { Language } from "../readiness/report/html/labels";
import { toAssessmentResults, toPlanOfAction } from "../readiness/report/oscal";
import { calendarsOf } from "../stacks/evidence";
import { stackOf } from "./commands/check";
import type { Gathered } from "./gathered";
import { gather } from "./gathered";
import { checkProgram } from "./in-process/check";
import { judgeKept } from "./judged-preview";
import { readProject } from "./project";

export interface DecideOptions {
  stack?: string;
  evidence?: string;
  /** The moment it is judged at; otherwise now. */
  at?: string;
  cwd?: string;
  /** Rests on the engine's last preview instead of a run in-process. */
  preview?: boolean;
}

/** Judges a stack with its evidence: what `report`, `path` and `sign` are about. */
export async function decide(options: DecideOptions): Promise<Decision> {
  const project = readProject(options.cwd ?? root);
  const { stack, config } = stackOf(project, options.stack);
  const gathered = gather(project, stack, options);
  return decisionOf(gathered, withKeep =>
    options.preview ? judgeKept(project, stack, withKeep) : checkProgram(project, stack, config, withKeep),
  );
}

/** A verdict with all that is told beside it. */
export async function decisionOf(
  gathered: ReturnType<typeof gather>,
  judge: (gathered: Gathered) => Verdict | Promise<Verdict>,
): Promise<Decision> {
  let input: ReplayInput | undefined;
  const verdict = await judge({ ...gathered, keep: kept => void (input = kept) });
  const { owners, contradictions, lanes } = gathered;
  const blockers = blockersOf(verdict, owners.evidence, owners.rules);
  return { verdict, blockers, contradictions, lanes, calendars: calendarsOf(owners), ...(input ? { input } : {}) };
}

/** Writes the decision in every form that people read. */
export async function writeDecision(out: string, decision: Decision, language: Language = "en"): Promise<void> {
  const write = (name: string, text: string) => fs.writeFileSync(path.join(out, name), text);
  write("BLOCKERS.md", blockersMarkdown(decision));
  write("PROD_GO_NO_GO.md", decisionMarkdown(decision));
  write("READINESS_SUMMARY.md", summaryMarkdown(decision));
  write("PRR.md", reviewForm(decision));
  write("items.csv", itemsCsv(decision));
  write("assessment-results.oscal.json", `${canonicalJson(toAssessmentResults(decision), 2)}\n`);
  const plan = toPlanOfAction(decision);
  // A plan of an earlier run is no plan of this one.
  if (plan) write("poam.oscal.json", `${canonicalJson(plan, 2)}\n`);
  else fs.rmSync(path.join(out, "poam.oscal.json"), { force: true });
  fs.mkdirSync(path.join(out, "logs"), { recursive: true });
  for (const [name, text] of Object.entries(stepLogs(decision))) write(path.join("logs", name), text);
  // Drawn only here: the charts' library takes longer to load than all else.
  const { toHtml } = await import("../readiness/report/html/page.js");
  const script = fs.readFileSync(compiled("replay.js"), "utf8");
  const replay = decision.input ? { replay: { script, input: decision.input } } : {};
  write("report.html", toHtml(decision, { items, language, ...replay }));
  write("blockers.json", `${canonicalJson(decision.blockers, 2)}\n`);
}

/** Blockers a line each, the three that matter most first; then how far it is to GO. */
export function linesOf(decision: Decision): string[] {
  const { blockers, contradictions, verdict } = decision;
  const lines = blockers.slice(0, 12).map(one => {
    const [least, most] = one.hours;
    return `${one.id} ${one.priority} ${one.title}   owner: ${one.owner ?? "none!"}   ${least}-${most} h   ${one.proof}`;
  });
  const path = pathOf(decision);
  return [
    ...lines,
    ...(blockers.length > lines.length ? [`… and ${blockers.length - lines.length} more in BLOCKERS.md`] : []),
    `evidence: ${verdict.evidence?.length ?? 0} files   contradictions: ${contradictions.length}   ${blockers.length > 0 ? `path to GO: ${path.critical.join(" → ")}, ${path.p50} h P50, ${path.p90} h P90 (greenlight path)` : "nothing blocks"}`,
  ];
}
