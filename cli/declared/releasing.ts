import type { Command } from "commander";
import type { Runs } from "./runs";
import { json } from "./runs";

/** Commands that take up a project, and bring a version to its users. */
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
  program
    .command("init [folder]")
    .description(
      "take up an existing Pulumi program, manifests or a kustomization: settings, CI, and a first verdict; overwrites nothing",
    )
    .option("--tier <tier>", "tier it is judged at", "production")
    .option("--stack <name>", "the stack of a program")
    .option("--ci <which>", "github, gitlab, shell or none; otherwise as its files and remotes say")
    .option("--dry-run", "say what would be written")
    .option(...json)
    .addHelpText("after", "\n0 whatever the verdict: it is the first, and shown.")
    .action(runs(async () => (await import("../commands/init.js")).init));
  program
    .command("upgrade [folder]")
    .description("what would newly fail under the rules that are installed now, against what was accepted before")
    .option("--accept", "make it the new measure")
    .option("--stack <name>", "the stack of a program")
    .option(...json)
    .addHelpText("after", "\n0 nothing newly fails, 20 something does.")
    .action(runs(async () => (await import("../commands/init.js")).upgrade));
  const release = program
    .command("release")
    .description("bring a version to its users: gates, stages that are watched, the way back, and the record of it");
  const folder = ["--repository <folder>", "the repository; otherwise this folder"] as const;
  release
    .command("gate [gates...]")
    .description("run the gates before a release: scan, builds, api; without a name, all of greenlight.yaml")
    .option(...folder)
    .option("--report <folder>", "write their reports there")
    .option("--stack <name>", "the stack their evidence is about")
    .option("--evidence <folder>", "leave them as evidence there")
    .option(...json)
    .addHelpText(
      "after",
      "\n0 all passed, 10 something is accepted until a day, 20 one failed, 30 something cannot be told.",
    )
    .action(runs(async () => (await import("../commands/release-gate.js")).releaseGate));
  release
    .command("plan <version>")
    .description(
      "whether a version may go out, and how it will: tag, version before, migrations, approval, budget, stages",
    )
    .option(...folder)
    .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
    .option(...json)
    .action(runs(async () => (await import("../commands/release.js")).plan));
  release
    .command("start <version>")
    .description(
      "run the gates, deploy, and shift traffic stage by stage; goes back by itself; interrupted, it goes on where it was",
    )
    .option(...folder)
    .option("--again", "a new attempt, from the first stage, after it was taken back")
    .option("--force <reason>", "go on though something of the plan cannot be told (30); never against a NO-GO")
    .option(...json)
    .action(runs(async () => (await import("../commands/release.js")).start));
  release
    .command("status [version]")
    .description("where a release is; without a version, the last one")
    .option(...folder)
    .option(...json)
    .action(runs(async () => (await import("../commands/release-record.js")).status));
  release
    .command("abort <version>")
    .description("take a release back by the five steps; one that runs elsewhere here stops within a second")
    .requiredOption("--reason <text>", "why")
    .option("--by <who>", "who asks for it; otherwise the user of this machine")
    .option(...folder)
    .option(...json)
    .action(runs(async () => (await import("../commands/release.js")).abort));
  release
    .command("record <version>")
    .description("write the record: what was released, how it went, what was found; as JSON, Markdown and evidence")
    .option(...folder)
    .option("--state <id=text...>", 'state what nothing measures, such as teams-notified="mail of 9:00"')
    .option("--by <who>", "who states it; otherwise the user of this machine")
    .option("--out <folder>", "where it goes; otherwise beside the journal")
    .option("--stack <name>", "the stack its evidence is about")
    .option("--evidence <folder>", "leave it as evidence there")
    .option(...json)
    .action(runs(async () => (await import("../commands/release-record.js")).record));
}
