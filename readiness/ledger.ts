import * as fs from "node:fs";
import { canonicalJson, sha256 } from "../model/canonical";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import type { Verdict } from "../model/verdict";
import { historyFile } from "../policies/releases";

/** A verdict in a stack's history. Each holds the hash of the line before it, so that none can be changed or left out. */
export interface Entry {
  sequence: number;
  /** SHA-256 of the line before; 64 zeros for the first. */
  previous: string;
  at: string;
  verdict: string;
  /** SHA-256 of the verdict as canonical JSON. */
  digest: string;
  /** What it rests on: rules and items, pack, evidence by file. */
  catalogue: string;
  pack: string;
  evidence: Record<string, string>;
  items: Record<string, string>;
  /** Deployed all the same, by an override: its incident and the id of the document. */
  overridden?: { incident: string; document: string };
}

const origin = "0".repeat(64);

/** Reads a stack's history and checks every link of the chain; names the first entry that does not fit. */
export function readLedger(dir: string, stack: string): Entry[] {
  const file = historyFile(dir, stack);
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, "utf8").split("\n").slice(0, -1);
  let previous = origin;
  return lines.map((line, index) => {
    const broken = (found: string) =>
      fail(
        `${file}, line ${index + 1}`,
        found,
        "the entry that was written",
        "Take the ledger from where it is kept safe.",
        exitCodes.TAMPERED,
      );
    let entry: Entry;
    try {
      entry = JSON.parse(line) as Entry;
    } catch {
      throw broken("no entry");
    }
    if (entry.previous !== previous || entry.sequence !== index + 1)
      throw broken("not what the entry before it leads to");
    previous = sha256(line);
    return entry;
  });
}

/** Where the next entry of a stack's history hangs. */
export function headOf(dir: string, stack: string): { sequence: number; previous: string } {
  const entries = readLedger(dir, stack);
  if (entries.length === 0) return { sequence: 1, previous: origin };
  const last = fs.readFileSync(historyFile(dir, stack), "utf8").split("\n").at(-2)!;
  return { sequence: entries.length + 1, previous: sha256(last) };
}

/** Adds a verdict to a stack's history, unless it is the same as the last one. */
export function appendVerdict(dir: string, verdict: Verdict): Entry | undefined {
  const entries = readLedger(dir, verdict.stack);
  const digest = sha256(canonicalJson(verdict));
  const { overridden } = verdict;
  if (entries.at(-1)?.digest === digest && !overridden) return undefined;
  const entry: Entry = {
    ...headOf(dir, verdict.stack),
    at: verdict.at ?? "",
    verdict: verdict.verdict,
    digest,
    catalogue: verdict.basis.catalogue,
    pack: verdict.basis.pack,
    evidence: Object.fromEntries((verdict.evidence ?? []).map(one => [one.file, one.sha256])),
    items: Object.fromEntries(verdict.items.map(item => [item.id, item.state])),
    ...(overridden ? { overridden: { incident: overridden.incident, document: overridden.document } } : {}),
  };
  fs.mkdirSync(dir, { recursive: true });
  fs.appendFileSync(historyFile(dir, verdict.stack), `${canonicalJson(entry)}\n`);
  return entry;
}

/** A verdict of the past in brief. */
export interface Past {
  at: string;
  verdict: string;
  /** Items by what they came to. */
  met: number;
  notMet: number;
  /** Incident of the override by which it was deployed all the same. */
  overridden?: string;
}

/** The latest of a stack's verdicts, newest first. */
export const pastOf = (entries: readonly Entry[], most = 12): Past[] =>
  entries
    .slice(-most)
    .reverse()
    .map(({ at, verdict, items, overridden }) => {
      const count = (state: string) => Object.values(items).filter(one => one === state).length;
      return {
        ...{ at, verdict, met: count("met"), notMet: count("not met") },
        ...(overridden ? { overridden: overridden.incident } : {}),
      };
    });
