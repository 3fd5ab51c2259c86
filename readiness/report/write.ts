import * as fs from "node:fs";
import * as path from "node:path";
import { canonicalJson } from "../../model/canonical";
import type { Verdict } from "../../model/verdict";
import { stackDir } from "../../policies/engine/evidence-file";
import { toMarkdown } from "./markdown";

/** Writes `report.md` and `report.json` into a stack's report folder; gives the Markdown file. */
export function writeReport(dir: string, verdict: Verdict): string {
  const folder = stackDir(dir, verdict.stack);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "report.json"), `${canonicalJson(verdict, 2)}\n`);
  const markdown = path.join(folder, "report.md");
  fs.writeFileSync(markdown, toMarkdown(verdict));
  return markdown;
}
