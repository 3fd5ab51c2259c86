import { exitCodes } from "../model/outcome";
import type { Verdict } from "../model/verdict";
import { hasColour, toTerminal } from "../readiness/report/terminal";

/** Prints data for machines: one JSON value on stdout and nothing else. */
export const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** Prints a verdict: the word first, the next command last. Gives the exit code. */
export function printVerdict(verdict: Verdict, options: { json?: boolean; lines?: string[]; next?: string }): number {
  if (options.json) printJson(verdict);
  else {
    console.log(toTerminal(verdict, hasColour()));
    for (const line of options.lines ?? []) console.log(line);
    if (options.next) console.log(`next: ${options.next}`);
  }
  return exitCodes[verdict.verdict];
}
