import * as path from "node:path";
import { root } from "../../local/state";
import { fail, UserError } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { stackDir } from "../../policies/engine/evidence-file";
import { rules } from "../../policies/rules/catalogue";
import { appendVerdict, pastOf, readLedger } from "../../readiness/ledger";
import type { Language } from "../../readiness/report/html/labels";
import { languages } from "../../readiness/report/html/labels";
import { writeInto } from "../../readiness/report/write";
import type { DecideOptions } from "../decide";
import { decide, linesOf, writeDecision } from "../decide";
import { gatheredDir } from "../gathered";
import { interrupted } from "../interrupted";
import { printVerdict } from "../output";
import { readProject } from "../project";
import { keptProofs, previousVerdict, signaturesBeside } from "../report-context";
import { serveReport, watchFolders } from "../report-server";

export interface ReportOptions extends DecideOptions {
  out?: string;
  /** Language of the page. */
  lang?: string;
  /** Serves the page on this machine, at the port given or a free one. */
  serve?: boolean | string;
  /** Judges again when evidence or stacks change. */
  watch?: boolean;
  json?: boolean;
}

/** `greenlight report`: judges a stack with its evidence, and writes the decision and everything it rests on. */
export async function report(options: ReportOptions): Promise<number> {
  const language = languageOf(options.lang);
  const port = portOf(options.serve);
  const first = await once(options, language, true);
  if (port === undefined && !options.watch) return first.code;
  if (port !== undefined)
    console.error(`served at ${await serveReport(first.out, port, interrupted.signal)} until it is interrupted`);
  const { stackDir: stacks } = readProject(options.cwd ? path.resolve(options.cwd) : root);
  const watched = options.watch ? [options.evidence ?? gatheredDir(first.stack), stacks] : [];
  if (options.watch)
    console.error(`watching ${watched.map(one => path.relative(process.cwd(), one) || ".").join(", ")}`);
  await watchFolders(watched, interrupted.signal, async () => {
    try {
      await once(options, language, false);
    } catch (error) {
      // Half of a change is no reason to end: the next one is judged again.
      if (!(error instanceof UserError)) throw error;
      console.error(error.message);
    }
  });
  return exitCodes.interrupted;
}

/** Judges and writes once. @param keep whether the verdict goes into the history; what is tried while working does not */
async function once(
  options: ReportOptions,
  language: Language,
  keep: boolean,
): Promise<{ code: number; out: string; stack: string }> {
  const judged = await decide(options);
  const { verdict } = judged;
  const ledger = path.join(root, "ledger");
  // A history is kept where the report is the stack's own, not one for a trial somewhere else.
  const isOwn = options.out === undefined;
  const out = options.out ?? stackDir(path.join(root, "report"), verdict.stack);
  const entries = isOwn ? readLedger(ledger, verdict.stack) : [];
  const [previous, proofs, signed] = [previousVerdict(out, entries), keptProofs(), signaturesBeside(verdict.stack)];
  const decision = {
    ...judged,
    ...(isOwn ? { history: pastOf(entries) } : {}),
    ...(previous ? { previous } : {}),
    ...(proofs ? { proofs } : {}),
    ...(signed ? { signed } : {}),
  };
  const file = writeInto(out, verdict, rules);
  if (isOwn && keep) appendVerdict(ledger, verdict);
  await writeDecision(out, decision, language);
  const shown = path.relative(process.cwd(), out) || ".";
  const code = printVerdict(verdict, {
    json: options.json,
    lines: linesOf(decision),
    next: `open ${shown}/report.html (${path.basename(file)} and PROD_GO_NO_GO.md say the same as text)`,
  });
  return { code, out, stack: verdict.stack };
}

function portOf(serve: boolean | string | undefined): number | undefined {
  if (serve === undefined || serve === false) return undefined;
  const port = serve === true ? 0 : Number(serve);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw fail("--serve", `"${serve}"`, "a port", undefined, exitCodes.usage);
}

function languageOf(text: string | undefined): Language {
  const found = languages.find(one => one === (text ?? "en"));
  if (found) return found;
  throw fail("--lang", `"${text}"`, `one of ${languages.join(", ")}`, undefined, exitCodes.usage);
}
