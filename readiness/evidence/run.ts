import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { fail } from "../../model/faults";
import type { RuleResult } from "../../model/finding";
import type { Held } from "../../policies/engine/held";
import type { EvidenceLine, RunSubject } from "../../policies/engine/session";

/** What one run of the rules left behind, read back. */
export interface RunEvidence {
  subject: RunSubject;
  catalogue: string;
  pack: string;
  results: RuleResult[];
  /** Resources the stack phase saw, by type; undefined when the run never got there. */
  close?: { resources: number; types: Record<string, number>; held?: Held };
  /** True when the lines are not the ones that were written. */
  tampered: boolean;
}

/** The largest evidence file that is read, in bytes. */
const maxBytes = 256 * 1024 * 1024;

/** Reads a run's evidence file. Unreadable lines and a wrong digest make it tampered; a missing end, incomplete. */
export function readRunEvidence(file: string): RunEvidence {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw fail(file, "missing", "the evidence of a run");
  if (size > maxBytes) throw fail(file, `${size} bytes`, `at most ${maxBytes}`);
  const texts = fs.readFileSync(file, "utf8").split("\n").slice(0, -1);
  const hash = createHash("sha256");
  const run: Partial<RunEvidence> & Pick<RunEvidence, "results" | "tampered"> = { results: [], tampered: false };
  for (const [index, text] of texts.entries()) {
    const line = parseLine(text);
    if (!line || (line.line === "open") !== (index === 0) || run.close) {
      run.tampered = true;
      continue;
    }
    if (line.line === "open") {
      const { project, stack, tier, phase, catalogue, pack } = line;
      Object.assign(run, { subject: { project, stack, tier, phase }, catalogue, pack });
    } else if (line.line === "result") {
      const { line: _, ...result } = line;
      run.results.push(result);
    } else if (line.line === "close") {
      run.close = { resources: line.resources, types: line.types, held: line.held };
      if (line.digest !== hash.digest("hex")) run.tampered = true;
      continue;
    }
    if (!run.close) hash.update(`${text}\n`);
  }
  if (!run.subject) throw fail(file, "without an opening line", "the evidence of a run of the pack");
  return run as RunEvidence;
}

function parseLine(text: string): EvidenceLine | undefined {
  try {
    const line = JSON.parse(text) as EvidenceLine;
    return typeof line === "object" && line !== null && typeof line.line === "string" ? line : undefined;
  } catch {
    return undefined;
  }
}
