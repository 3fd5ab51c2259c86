import * as path from "node:path";
import { root } from "../../local/state";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { stackDir } from "../../policies/engine/evidence-file";
import { rules } from "../../policies/rules/catalogue";
import { appendVerdict, pastOf, readLedger } from "../../readiness/ledger";
import type { Language } from "../../readiness/report/html/labels";
import { languages } from "../../readiness/report/html/labels";
import { writeInto } from "../../readiness/report/write";
import type { DecideOptions } from "../decide";
import { decide, linesOf, writeDecision } from "../decide";
import { printVerdict } from "../output";

export interface ReportOptions extends DecideOptions {
  out?: string;
  /** Language of the page. */
  lang?: string;
  json?: boolean;
}

/** `greenlight report`: judges a stack with its evidence, and writes the decision and everything it rests on. */
export async function report(options: ReportOptions): Promise<number> {
  const language = languageOf(options.lang);
  const judged = await decide(options);
  const { verdict } = judged;
  const ledger = path.join(root, "ledger");
  // A history is kept where the report is the stack's own, not one for a trial somewhere else.
  const isOwn = options.out === undefined;
  const decision = { ...judged, ...(isOwn ? { history: pastOf(readLedger(ledger, verdict.stack)) } : {}) };
  const out = options.out ?? stackDir(path.join(root, "report"), verdict.stack);
  const file = writeInto(out, verdict, rules);
  if (isOwn) appendVerdict(ledger, verdict);
  await writeDecision(out, decision, language);
  const shown = path.relative(process.cwd(), out) || ".";
  return printVerdict(verdict, {
    json: options.json,
    lines: linesOf(decision),
    next: `open ${shown}/report.html (${path.basename(file)} and PROD_GO_NO_GO.md say the same as text)`,
  });
}

function languageOf(text: string | undefined): Language {
  const found = languages.find(one => one === (text ?? "en"));
  if (found) return found;
  throw fail("--lang", `"${text}"`, `one of ${languages.join(", ")}`, undefined, exitCodes.usage);
}
