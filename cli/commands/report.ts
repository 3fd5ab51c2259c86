import * as fs from "node:fs";
import * as path from "node:path";
import { compiled, root } from "../../local/state";
import { canonicalJson } from "../../model/canonical";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { stackDir } from "../../policies/engine/evidence-file";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { blockersOf } from "../../readiness/blockers";
import { holdCourt } from "../../readiness/court/court";
import { readDocument, readSources } from "../../readiness/documents/read";
import { collectEvidence } from "../../readiness/evidence/collect";
import { appendVerdict } from "../../readiness/ledger";
import { pathToGo } from "../../readiness/path";
import type { ReplayInput } from "../../readiness/replay";
import type { Decision } from "../../readiness/report/decision";
import { blockersMarkdown, decisionMarkdown, summaryMarkdown } from "../../readiness/report/decision";
import { itemsCsv, reviewForm, stepLogs } from "../../readiness/report/forms";
import type { Language } from "../../readiness/report/html/labels";
import { languages } from "../../readiness/report/html/labels";
import { writeInto } from "../../readiness/report/write";
import { readRegister, registerFile } from "../../stacks/evidence";
import { checkProgram } from "../in-process/check";
import { printVerdict } from "../output";
import { readProject } from "../project";
import { trustedKeys } from "../trust";
import { stackOf } from "./check";

export interface ReportOptions {
  stack?: string;
  evidence?: string;
  out?: string;
  /** The moment it is judged at; otherwise now. */
  at?: string;
  cwd?: string;
  /** Language of the page. */
  lang?: string;
  json?: boolean;
}

/** Judges a stack with its evidence: what `report`, `path` and `sign` are about. */
export async function decide(options: ReportOptions): Promise<Decision> {
  const project = readProject(options.cwd ?? root);
  const { stack, config } = stackOf(project, options.stack);
  const evidence = options.evidence ?? path.join(root, "evidence", stack, "gathered");
  const nowMs = momentOf(options.at);
  const register = readRegister(registerFile(project.stackDir, stack));
  const collected = collectEvidence(evidence, trustedKeys());
  const contradictions = holdCourt(readSources([evidence]).map(readDocument));
  let input: ReplayInput | undefined;
  const keep = (kept: ReplayInput) => void (input = kept);
  const gathered = { collected, nowMs, register: register.evidence, contradictions, keep };
  const verdict = await checkProgram(project, stack, config, gathered);
  return {
    verdict,
    blockers: blockersOf(verdict, register.evidence, register.rules),
    contradictions,
    ...(input ? { input } : {}),
  };
}

/** `greenlight report`: judges a stack with its evidence, and writes the decision and everything it rests on. */
export async function report(options: ReportOptions): Promise<number> {
  const language = languageOf(options.lang);
  const decision = await decide(options);
  const { verdict } = decision;
  const out = options.out ?? stackDir(path.join(root, "report"), verdict.stack);
  const file = writeInto(out, verdict, rules);
  // A history is kept where the report is the stack's own, not one for a trial somewhere else.
  if (options.out === undefined) appendVerdict(path.join(root, "ledger"), verdict);
  await writeDecision(out, decision, language);
  const shown = path.relative(process.cwd(), out) || ".";
  return printVerdict(verdict, {
    json: options.json,
    lines: linesOf(decision),
    next: `open ${shown}/report.html (${path.basename(file)} and PROD_GO_NO_GO.md say the same as text)`,
  });
}

async function writeDecision(out: string, decision: Decision, language: Language): Promise<void> {
  const write = (name: string, text: string) => fs.writeFileSync(path.join(out, name), text);
  write("BLOCKERS.md", blockersMarkdown(decision));
  write("PROD_GO_NO_GO.md", decisionMarkdown(decision));
  write("READINESS_SUMMARY.md", summaryMarkdown(decision));
  write("PRR.md", reviewForm(decision));
  write("items.csv", itemsCsv(decision));
  fs.mkdirSync(path.join(out, "logs"), { recursive: true });
  for (const [name, text] of Object.entries(stepLogs(decision))) write(path.join("logs", name), text);
  // Drawn only here: the charts' library takes longer to load than all else.
  const { toHtml } = await import("../../readiness/report/html/page.js");
  const script = fs.readFileSync(compiled("replay.js"), "utf8");
  const replay = decision.input ? { replay: { script, input: decision.input } } : {};
  write("report.html", toHtml(decision, { items, language, ...replay }));
  write("blockers.json", `${canonicalJson(decision.blockers, 2)}\n`);
}

/** Blockers a line each, the three that matter most first; then how far it is to GO. */
function linesOf({ blockers, contradictions, verdict }: Decision): string[] {
  const lines = blockers.slice(0, 12).map(one => {
    const [least, most] = one.hours;
    return `${one.id} ${one.priority} ${one.title}   owner: ${one.owner ?? "none!"}   ${least}-${most} h   ${one.proof}`;
  });
  const path = pathToGo(blockers);
  return [
    ...lines,
    ...(blockers.length > lines.length ? [`… and ${blockers.length - lines.length} more in BLOCKERS.md`] : []),
    `evidence: ${verdict.evidence?.length ?? 0} files   contradictions: ${contradictions.length}   ${blockers.length > 0 ? `path to GO: ${path.critical.join(" → ")}, ${path.p50} h P50, ${path.p90} h P90 (greenlight path)` : "nothing blocks"}`,
  ];
}

function languageOf(text: string | undefined): Language {
  const found = languages.find(one => one === (text ?? "en"));
  if (found) return found;
  throw fail("--lang", `"${text}"`, `one of ${languages.join(", ")}`, undefined, exitCodes.usage);
}

function momentOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const ms = /(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms))
    throw fail("--at", `"${text}"`, "a time with its zone, such as 2026-11-25T12:00:00Z", undefined, exitCodes.usage);
  return ms;
}
