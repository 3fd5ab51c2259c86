import * as fs from "node:fs";
import * as path from "node:path";
import { canonicalJson } from "../../model/canonical";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import { stackDir } from "../../policies/engine/evidence-file";
import type { AnyRule } from "../../policies/engine/rule";
import { toJunit } from "./junit";
import { toMarkdown } from "./markdown";
import { toOpenReport } from "./open-reports";
import { toSarif } from "./sarif";

/** Writes a stack's reports into its folder, one file a format; gives the Markdown file. */
export function writeReport(dir: string, verdict: Verdict, rules: readonly AnyRule[]): string {
  return writeInto(stackDir(dir, verdict.stack), verdict, rules);
}

/** Writes reports into a folder: `report.{md,json,sarif,junit.xml,openreports.json}`; gives the Markdown file. */
export function writeInto(folder: string, verdict: Verdict, rules: readonly AnyRule[]): string {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw fail(
      folder,
      `not to be written to (${(error as NodeJS.ErrnoException).code})`,
      "a folder for reports",
      undefined,
      exitCodes.usage,
    );
  }
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  const markdown = toMarkdown(verdict);
  write("report.json", `${canonicalJson(verdict, 2)}\n`);
  write("report.sarif", `${canonicalJson(toSarif(verdict, rules), 2)}\n`);
  write("report.junit.xml", toJunit(verdict));
  write("report.openreports.json", `${canonicalJson(toOpenReport(verdict), 2)}\n`);
  write("report.md", markdown);
  // GitHub shows this file on the page of the run.
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary) fs.appendFileSync(summary, markdown);
  return path.join(folder, "report.md");
}
