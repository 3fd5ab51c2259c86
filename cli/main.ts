import { Command, CommanderError } from "commander";
import { endChildren } from "../local/process";
import { UserError } from "../model/faults";
import { exitCodes } from "../model/outcome";
import { declareJudging } from "./declared/judging";
import { declareReleasing } from "./declared/releasing";
import { declareSigning } from "./declared/signing";
import type { Runs } from "./declared/runs";
import { declareStack } from "./declared/stack";
import { interrupted } from "./interrupted";
import { endDrills } from "./running-drills";

const version = "0.1.0";

let exitCode = 0;
const runs: Runs =
  load =>
  async (...args) => {
    const command = await load();
    exitCode = await command(...args);
  };

const program = new Command("greenlight")
  .description("Production readiness as code: a platform that cannot be deployed until its review is green.")
  .version(version)
  .showHelpAfterError()
  .exitOverride()
  .addHelpText(
    "after",
    "\nExit codes: 0 GO, 10 conditional, 20 NO-GO, 30 inconclusive, 40 tampered, 50 engine or cluster failed, 64 usage, 65 unreadable input, 70 internal, 130 interrupted.",
  );

declareStack(program, runs);
declareJudging(program, runs);
declareSigning(program, runs);
declareReleasing(program, runs);

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    if (error instanceof UserError) {
      console.error(error.message);
      return error.exitCode;
    }
    console.error("This is a fault of Greenlight itself; please report it with what follows.");
    console.error(error);
    return exitCodes.internal;
  }
}

let isInterrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  // Stays in place: a listener of a library that finds itself alone would end the process at once.
  process.on(signal, () => {
    if (isInterrupted) return;
    isInterrupted = true;
    interrupted.abort();
    console.error("interrupted; waiting for what is running to stop");
    // What runs leaves its state in order: the next run goes on from there.
    void Promise.all([endChildren(), endDrills()]).then(() => process.exit(exitCodes.interrupted));
  });
void main().then(code => {
  // A pipe takes 64 KiB at a time: whoever reads JSON must get all of it.
  if (!isInterrupted) process.stdout.write("", () => process.exit(code));
});
