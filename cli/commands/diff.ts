import * as fs from "node:fs";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import { verdictSchema } from "../../model/verdict";
import { differenceOf } from "../../readiness/difference";
import { printJson } from "../output";

/** `greenlight diff A B`: what flipped between two reports, and whether evidence, rules, a waiver or the code did it. */
export function diff(a: string, b: string, { json }: { json?: boolean }): number {
  const [before, after] = [read(a), read(b)];
  const difference = differenceOf(before, after);
  if (json) printJson({ schema: "greenlight.difference/1", ...difference });
  else {
    const { from, to, policy, evidence, flips } = difference;
    console.log(`${from} → ${to}  ${before.stack}${policy ? "  the rules are others" : ""}`);
    for (const [what, files] of Object.entries(evidence))
      for (const file of files) console.log(`evidence ${what}: ${file}`);
    for (const flip of flips) console.log(`${flip.id}: ${flip.from} → ${flip.to}  by ${flip.causes.join(" or ")}`);
    console.log(
      flips.length === 0 ? "nothing flipped" : "next: `greenlight explain <id>` says what a rule or item asks",
    );
  }
  return exitCodes[after.verdict];
}

function read(file: string): Verdict {
  let value: unknown;
  try {
    value = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw fail(file, `unreadable (${(error as Error).message})`, "a report.json");
  }
  const { success, data, error } = verdictSchema.safeParse(value);
  if (success) return data;
  throw fail(
    file,
    `no verdict (${error.issues[0]!.path.join(".")}: ${error.issues[0]!.message})`,
    "a report.json of `greenlight report`",
  );
}
