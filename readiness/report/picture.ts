import type { Verdict } from "../../model/verdict";
import { toTerminal } from "./terminal";

/** Columns and lines of the picture; longer lines end in an ellipsis. */
const columns = 132;
const lines = 16;
const lineHeight = 18;
const charWidth = 7.8;

/** What a terminal shows of a verdict, as an SVG picture for the documentation. */
export function toPicture(verdict: Verdict, command: string): string {
  const all = toTerminal(verdict, false).split("\n");
  const shown = [`$ ${command}`, ...(all.length > lines ? [...all.slice(0, lines - 3), "…", ...all.slice(-2)] : all)];
  const height = shown.length * lineHeight + 24;
  const width = Math.round(columns * charWidth) + 24;
  const rows = shown.map((line, index) => {
    const cut = line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
    return `<text x="12" y="${26 + index * lineHeight}" fill="${colourOf(line)}" xml:space="preserve">${escape(cut)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(shown[1] ?? "")}">`,
    `<rect width="100%" height="100%" rx="8" fill="#16181d"/>`,
    `<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="13">`,
    ...rows,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function colourOf(line: string): string {
  if (line.startsWith("NO-GO") || line.startsWith("not met")) return "#ff7b72";
  if (line.startsWith("INCONCLUSIVE") || line.startsWith("unverifiable")) return "#e3b341";
  if (line.startsWith("GO")) return "#56d364";
  return line.startsWith("$") ? "#79c0ff" : "#c9d1d9";
}

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
