import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { holdCourt } from "../../readiness/court/court";
import type { Contradiction } from "../../readiness/court/finding";
import { classes } from "../../readiness/court/finding";
import { readDocument, readSources } from "../../readiness/documents/read";
import { hasColour, paint } from "../../readiness/report/terminal";
import { printJson } from "../output";

/** `greenlight court`: what in documents and evidence cannot be true together, with both places and the arithmetic. */
export function court(places: string[], { json }: { json?: boolean }): number {
  if (places.length === 0)
    throw fail("court", "given nothing to read", "documents, or folders of them", undefined, exitCodes.usage);
  const documents = readSources(places).map(readDocument);
  if (documents.length === 0) throw fail(places.join(", "), "without a document", "Markdown, JSON, XML or YAML files");
  const findings = holdCourt(documents);
  if (json) printJson({ schema: "greenlight.court/1", documents: documents.length, findings });
  else console.log(courtText(findings, documents.length, hasColour()));
  return findings.length === 0 ? exitCodes.GO : exitCodes["NO-GO"];
}

/** Findings as compilers print them: what, where, the other place, the arithmetic, and what would settle it. */
export function courtText(findings: readonly Contradiction[], documents: number, colour: boolean): string {
  const read = `${documents} document${documents === 1 ? "" : "s"} read`;
  if (findings.length === 0)
    return `${paint("nothing contradicts itself", "green", colour)}  ${read}\nnext: \`greenlight report\` judges them by rule`;
  const blocks = findings.map(({ class: kind, severity, about, places, arithmetic, settles }) =>
    [
      `${paint(`${severity} ${kind}`, severity === "high" ? "red" : "yellow", colour)}: ${classes[kind]}: ${about}`,
      ...places.map(({ file, line, text }) => `  --> ${file}:${line}\n      ${text}`),
      `  arithmetic: ${arithmetic}`,
      `  settled by: ${settles}`,
    ].join("\n"),
  );
  const count = `${findings.length} contradiction${findings.length === 1 ? "" : "s"}`;
  return `${paint(count, "red", colour)}  ${read}\n\n${blocks.join("\n\n")}\n\nnext: settle them, and hold court again`;
}
