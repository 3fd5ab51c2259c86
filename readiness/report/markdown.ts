import type { Verdict } from "../../model/verdict";
import { verdictOf } from "../../model/outcome";
import { overriddenText } from "../overridden";

/** The verdict as Markdown: a projection of the JSON, short enough for a review comment. */
export function toMarkdown(verdict: Verdict): string {
  const { basis } = verdict;
  const overridden = overriddenText(verdict.overridden);
  const blocking = verdict.findings.filter(finding => verdictOf(finding.state) !== "GO");
  const open = verdict.items.filter(item => verdictOf(item.state) !== "GO");
  return [
    `# ${verdict.verdict}: ${escape(verdict.project)} / ${escape(verdict.stack)}`,
    "",
    `${escape(verdict.reason)}.`,
    "",
    ...(basis.simulated.length > 0
      ? [
          `**${verdict.tier === "local" ? "Stood in for" : "SIMULATED"}:** ${basis.simulated.map(escape).join("; ")}.`,
          "",
        ]
      : []),
    ...(overridden === undefined ? [] : [`**${escape(overridden)}.**`, ""]),
    `Tier ${verdict.tier}; ${basis.resources} resources judged from ${sources[basis.source]}. Rules: ${countsOf(verdict)}.`,
    "",
    ...(blocking.length > 0
      ? [
          "## What blocks",
          "",
          "| Rule | Severity | Resource | Found | Needed | Fix |",
          "|---|---|---|---|---|---|",
          ...blocking.map(findingRow),
          "",
        ]
      : []),
    ...(open.length > 0
      ? [
          "## Items that do not carry a GO",
          "",
          "| Item | State | Why |",
          "|---|---|---|",
          ...open.map(item => `| ${item.id} ${escape(item.title)} | ${item.state} | ${escape(item.reason)} |`),
          "",
        ]
      : []),
    "## Rules",
    "",
    "| Rule | Wanted state | State | Inspected |",
    "|---|---|---|---|",
    ...verdict.rules.map(rule => `| ${rule.id} | ${escape(rule.title)} | ${rule.state} | ${rule.inspected} |`),
    "",
    `Catalogue \`${basis.catalogue.slice(0, 12)}\`, pack \`${basis.pack.slice(0, 12)}\`. The same verdict as data: \`report.json\`.`,
    "",
  ].join("\n");
}

const sources: Record<Verdict["basis"]["source"], string> = {
  preview: "the engine's preview",
  "in-process": "an in-process run of the program",
  manifests: "manifests",
  cluster: "what the cluster holds",
  state: "an exported state",
};

/** The rule counts that are not zero, in words. */
export const countsOf = (verdict: Verdict): string =>
  Object.entries(verdict.counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(", ") || "none";

const findingRow = ({ rule, severity, resource, path, found, needed, fix }: Verdict["findings"][number]) =>
  `| ${[rule, severity, path ? `${resource}: ${path}` : resource, found, needed, fix].map(escape).join(" | ")} |`;

/** Text from evidence or manifests stays text: no markup, no table cell, no line of it gets out. */
export const escape = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]()#+!|<>~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("\\<", "&lt;")
    .replaceAll("\\>", "&gt;")
    .replace(/[\r\n]+/g, " ");
