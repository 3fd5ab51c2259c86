import type { Command } from "commander";
import type { Runs } from "./runs";
import { json } from "./runs";

/** Commands that bring a version to its users. */
export function declareReleasing(program: Command, runs: Runs): void {
  program
    .command("scan [folder]")
    .description(
      "what in a repository must not be released: secrets, tokens, forbidden imports, leaked values, root images, vulnerable dependencies; greenlight.yaml says the rest",
    )
    .option("--staged", "only what is about to be committed")
    .option("--report <folder>", "write reports there: JSON, Markdown, SARIF, SBOM (CycloneDX)")
    .option("--stack <name>", "the stack its evidence is about")
    .option("--evidence <folder>", "leave it as evidence there")
    .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
    .option(...json)
    .addHelpText(
      "after",
      "\n0 nothing found, 10 something is accepted until a day, 20 something found, 30 something cannot be told.",
    )
    .action(runs(async () => (await import("../commands/scan.js")).scanCommand));
}
