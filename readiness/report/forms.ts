import { verdictOf } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import type { Decision } from "../decision";
import { escape } from "./markdown";

/** The review as a form, the steps as logs, the items as a table for spreadsheets: all out of the same decision. */

const sections: [letter: string, title: string][] = [
  ["A", "Reliability"],
  ["B", "Performance and capacity"],
  ["C", "Monitoring"],
  ["D", "Delivery"],
  ["E", "Operations"],
];

/** What is owed after the first deployment (S-173 to S-175), in days from it, and the items that show it. */
const afterLaunch = [
  { what: "Drills of failures and of rollback", days: 35, items: ["A.3.3", "D.3.2"] },
  { what: "Tuning of alerts", days: 35, items: ["C.4.3"] },
  { what: "Coverage of traces", days: 92, items: ["C.3.1"] },
  { what: "Latency and success of the asynchronous jobs", days: 92, items: ["A.1.2"] },
];

/** The day something is due; before the first deployment a number of days. */
function dueDate({ firstDeployed, at }: Verdict, days: number): string {
  if (firstDeployed === undefined) return `${days} days after it`;
  const due = Date.parse(firstDeployed) + days * 86_400_000;
  const day = new Date(due).toISOString().slice(0, 10);
  return at !== undefined && Date.parse(at) > due ? `${day}, **overdue** unless met` : day;
}

/** `PRR.md` (S-113 to S-177): every item with its box and a note, the actions with owner and state, decision, signatures. */
export function reviewForm({ verdict, blockers }: Decision): string {
  const line = (item: Verdict["items"][number]) =>
    `- [${item.state === "met" ? "x" : " "}] ${item.id} ${escape(item.title)} — ${item.state}: ${escape(item.reason)}`;
  const ownerOf = (id: string) => blockers.find(one => one.items.includes(id))?.owner;
  const actions = verdict.items.filter(item => item.id.startsWith("F."));
  return [
    `# Production readiness review: ${escape(verdict.project)} / ${escape(verdict.stack)}`,
    "",
    `Judged at ${verdict.at ?? "an unknown time"}, tier ${verdict.tier}. A box is ticked only where everything the item needs is met.`,
    "",
    ...sections.flatMap(([letter, title]) => [
      `## ${letter}. ${title}`,
      "",
      ...verdict.items.filter(item => item.id.startsWith(`${letter}.`)).map(line),
      "",
    ]),
    "## F. Actions",
    "",
    "| # | Action | Owner | State | Why |",
    "|---|---|---|---|---|",
    ...actions.map(
      item =>
        `| ${item.id} | ${escape(item.title)} | ${escape(verdictOf(item.state) === "GO" ? "done" : (ownerOf(item.id) ?? "nobody"))} | ${item.state} | ${escape(item.reason)} |`,
    ),
    "",
    "## After the first deployment",
    "",
    "| Action | Due | State |",
    "|---|---|---|",
    ...afterLaunch.map(({ what, days, items }) => {
      const states = verdict.items.filter(item => items.includes(item.id)).map(item => `${item.id} ${item.state}`);
      return `| ${what} | ${dueDate(verdict, days)} | ${states.join(", ")} |`;
    }),
    "",
    "## Decision",
    "",
    `**${verdict.verdict}**: ${escape(verdict.reason)}. Reviewed again when ${blockers.length === 0 ? "any evidence gets old" : `${blockers.map(one => one.id).join(", ")} are repaired`}.`,
    "",
    "## Signatures",
    "",
    "- SRE representative: not signed",
    "- Technical lead: not signed",
    "- Product manager: not signed",
    "",
  ].join("\n");
}

/** One log a step (S-043), by file name: what was collected, how it was judged, what was decided, what blocks. */
export function stepLogs({ verdict, blockers, contradictions }: Decision): Record<string, string> {
  const at = verdict.at ?? "";
  const log = (lines: string[]) => lines.map(line => `${at} ${line.replace(/\s+/g, " ")}\n`).join("");
  return {
    "evidence-collection.log": log([
      ...(verdict.evidence ?? []).map(one => `${one.sha256} ${one.file}: ${one.format ?? "nothing that is known"}`),
      `${verdict.evidence?.length ?? 0} files, ${contradictions.length} contradictions`,
    ]),
    "readiness-assessment.log": log(verdict.items.map(item => `${item.id} ${item.state}: ${item.reason}`)),
    "go-nogo-decision.log": log([`${verdict.verdict}: ${verdict.reason}`]),
    "blockers-creation.log": log([
      ...blockers.map(one => `${one.id} ${one.priority} ${one.title}; owner ${one.owner ?? "nobody"}`),
      `${blockers.length} blockers`,
    ]),
  };
}

/** Items as CSV (RFC 4180). A cell that a spreadsheet would run is made a text. */
export function itemsCsv({ verdict }: Decision): string {
  const cell = (value: string | number): string => {
    const text = String(value);
    return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  };
  const rows = [
    ["item", "title", "state", "reason", "inspected", "rules"],
    ...verdict.items.map(item => [item.id, item.title, item.state, item.reason, item.inspected, item.rules.join(" ")]),
  ];
  return rows.map(row => `${row.map(cell).join(",")}\r\n`).join("");
}
