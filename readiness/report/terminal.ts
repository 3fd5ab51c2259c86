import { styleText } from "node:util";
import type { VerdictWord } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import { countsOf } from "./markdown";

/** Whether colours go out: only to a terminal, and never against NO_COLOR. */
export const hasColour = (stream: { isTTY?: boolean } = process.stdout): boolean =>
  Boolean(process.env.FORCE_COLOR ?? (stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== "dumb"));

type Colour = Parameters<typeof styleText>[0];
/** The colour of each verdict. */
export const verdictColours: Record<VerdictWord, Colour> = {
  GO: ["green", "bold"],
  CONDITIONAL: ["yellow", "bold"],
  INCONCLUSIVE: ["yellow", "bold"],
  "NO-GO": ["red", "bold"],
  TAMPERED: ["red", "bold"],
};

/** A text in a colour, where colours go out. */
export const paint = (text: string, style: Colour, colour: boolean): string =>
  colour ? styleText(style, text, { validateStream: false }) : text;

/** How many findings a terminal shows; the report has all. */
export const shownFindings = 200;

/** The verdict for a terminal: the word first, one finding a line, then what was not looked at. */
export function toTerminal(verdict: Verdict, colour: boolean): string {
  const open = verdict.items.filter(
    item => item.state === "unverifiable" && !verdict.findings.some(finding => item.rules.includes(finding.rule)),
  );
  const simulated = verdict.basis.simulated.length > 0 && verdict.tier !== "local" ? "  SIMULATED" : "";
  const lines = [
    `${paint(verdict.verdict, verdictColours[verdict.verdict], colour)}  ${verdict.project} ${verdict.stack}  tier ${verdict.tier}${simulated}${verdict.overridden ? "  OVERRIDDEN" : ""}  ${verdict.reason}`,
    ...verdict.findings.slice(0, shownFindings).map(finding => {
      const style: Colour = finding.state === "not met" ? "red" : "yellow";
      const place = finding.file === undefined ? "" : `${finding.file}${finding.line ? `:${finding.line}` : ""}: `;
      return `${paint(finding.state.padEnd(12), style, colour)} ${finding.severity.padEnd(8)} ${place}${finding.message}`;
    }),
    ...(verdict.findings.length > shownFindings
      ? [`… and ${verdict.findings.length - shownFindings} more in the report`]
      : []),
    `rules: ${countsOf(verdict)}   resources: ${verdict.basis.resources}`,
    ...(open.length > 0 && !isObjects(verdict) && !verdict.evidence
      ? [`items that nothing decides yet, wholly or in part: ${open.map(item => item.id).join(" ")}`]
      : []),
    ...(verdict.basis.simulated.length > 0 ? [`stood in: ${verdict.basis.simulated.join("; ")}`] : []),
  ];
  return lines.join("\n");
}

/** True for what is no deployment: objects by themselves decide no item. */
const isObjects = ({ basis }: Verdict): boolean => ["manifests", "state", "cluster"].includes(basis.source);
