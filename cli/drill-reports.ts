import * as fs from "node:fs";
import * as path from "node:path";
import type { Drill } from "../drills/drill";
import type { DrillReport } from "../drills/run";
import { evidenceOf } from "../drills/run";
import { exitCodes } from "../model/outcome";
import { drillMarkdown, drillPlaybook } from "../readiness/report/drill";
import { courseChart } from "../readiness/report/html/charts";
import { reportDir } from "./commands/preview";

/** Where reports of drills lie, and what is written of one. */

export const reportsDir = (): string => path.join(reportDir(), "drills");

const fileOf = ({ id }: Pick<Drill, "id">): string => `drill-${id.replaceAll(" ", "-")}`;

/** Reports of earlier drills; files that are none are passed over. */
export function earlier(reports: string): DrillReport[] {
  if (!fs.existsSync(reports)) return [];
  return fs
    .readdirSync(reports)
    .filter(name => name.endsWith(".json"))
    .flatMap(name => {
      try {
        const report = JSON.parse(fs.readFileSync(path.join(reports, name), "utf8")) as DrillReport;
        return report.schema === "greenlight.drill/1" ? [report] : [];
      } catch {
        return [];
      }
    });
}

/** The report always; evidence only of what was not spoiled on purpose. */
export function writeReport(
  one: Pick<Drill, "id" | "kind">,
  report: DrillReport,
  out: { evidence: string; reports: string },
): void {
  fs.mkdirSync(out.reports, { recursive: true });
  const stamp = report.started.replace(/[-:]|\.\d+/g, "");
  const base = path.join(out.reports, `${fileOf(one)}-${stamp}`);
  fs.writeFileSync(`${base}.json`, `${JSON.stringify(report, null, 1)}\n`);
  fs.writeFileSync(`${base}.svg`, courseChart(report.steps, report.moments));
  fs.writeFileSync(`${base}.md`, drillMarkdown(report, path.basename(`${base}.svg`)));
  fs.writeFileSync(`${base}.playbook.json`, `${JSON.stringify(drillPlaybook(report), null, 1)}\n`);
  if (report.sabotage !== undefined) return;
  fs.mkdirSync(out.evidence, { recursive: true });
  const evidence = `${JSON.stringify(evidenceOf(one, report), null, 1)}\n`;
  fs.writeFileSync(path.join(out.evidence, `${fileOf(one)}.json`), evidence);
}

export function linesOf(report: DrillReport, out: { evidence: string; reports: string }): string[] {
  const shown = (dir: string) => path.relative(process.cwd(), dir) || ".";
  const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`;
  return [
    `${report.result.toUpperCase()}  ${report.drill}  stack ${report.stack}  ${report.target === "cluster" ? "in its cluster" : "rehearsed on this machine's processes"}  ${seconds(report.tookMs)}`,
    ...report.reasons.map(reason => `- ${reason}`),
    report.measured.map(one => `${one.name} ${one.value}${one.unit ? ` ${one.unit}` : ""}`).join("   "),
    `report: ${shown(out.reports)}${report.sabotage === undefined ? `   evidence: ${shown(out.evidence)}` : "   sabotaged: no evidence is left"}`,
  ].filter(Boolean);
}

export const codeOf = (reports: readonly DrillReport[]): number =>
  reports.some(one => one.result === "failed")
    ? exitCodes["NO-GO"]
    : reports.some(one => one.result === "invalid")
      ? exitCodes.INCONCLUSIVE
      : exitCodes.GO;
