import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import type { Runs } from "./runs";
import { json } from "./runs";

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("need a whole number from 0.");
  return value;
};

/** Commands that judge, and tell why. */
export function declareJudging(program: Command, runs: Runs): void {
  program
    .command("check [paths...]")
    .description(
      "judge in-process, in seconds: a project's folder is run as a program, anything else read as manifests; - is standard input",
    )
    .option("--stack <name>", "the stack of the project")
    .option("--tier <tier>", "tier that manifests and states are judged at; otherwise production")
    .option("--only <rules...>", "judge by these rules or groups only, such as pss-restricted or GL-POD-01")
    .option("--state <file>", "judge an exported state, as `pulumi stack export` prints it")
    .option("--waivers <file>", "exceptions for manifests and states; a stack has its own")
    .option("--report <folder>", "write reports there: Markdown, JSON, SARIF, JUnit, OpenReports")
    .option(...json)
    .addHelpText(
      "after",
      "\nFor manifests and states: 0 nothing is violated, 20 something is, 30 something cannot be told.",
    )
    .action(runs(async () => (await import("../commands/check.js")).check));
  program
    .command("audit")
    .description("judge what a cluster holds now, whoever put it there; reads through kubectl, Secrets by name only")
    .option("--kubeconfig <file>", "otherwise as kubectl finds it")
    .option("--context <name>", "otherwise the current one")
    .option("--tier <tier>", "tier it is judged at; otherwise production")
    .option("--only <rules...>", "judge by these rules or groups only")
    .option("--waivers <file>", "exceptions, such as stacks/production/waivers.yaml")
    .option("--report <folder>", "write reports there: Markdown, JSON, SARIF, JUnit, OpenReports")
    .option("--write", "write the result into the cluster as a ClusterReport of OpenReports")
    .option(...json)
    .addHelpText("after", "\n0 nothing is violated, 20 something is, 30 something cannot be told.")
    .action(runs(async () => (await import("../commands/audit.js")).audit));
  program
    .command("report")
    .description("judge a stack with its evidence, and write the decision, its blockers and all it rests on")
    .option("--stack <name>", "the stack; otherwise local, or the only one")
    .option("--evidence <folder>", "its evidence; otherwise evidence/<stack>/gathered")
    .option("--out <folder>", "where reports go; otherwise report/<stack>")
    .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
    .option("--preview", "rest on the engine's last preview of the stack instead of a run in-process")
    .option("--lang <language>", "language of the HTML page: en, zh-Hans or zh-Hant", "en")
    .option("--serve [port]", "serve the page on this machine until interrupted, at this port or a free one")
    .option("--watch", "judge again whenever the evidence or a stack's files change")
    .option("--cwd <dir>", "the project's folder; otherwise this checkout")
    .option(...json)
    .addHelpText("after", "\nGREENLIGHT_TRUST names the file of keys whose signatures count.")
    .action(runs(async () => (await import("../commands/report.js")).report));
  program
    .command("path")
    .description("what has to be repaired for GO: order, owners, critical path, and when it is likely to be over")
    .option("--stack <name>", "the stack; otherwise local, or the only one")
    .option("--evidence <folder>", "its evidence; otherwise evidence/<stack>/gathered")
    .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
    .option("--seed <number>", "seed of the sampling", whole, 1)
    .option("--cwd <dir>", "the project's folder; otherwise this checkout")
    .option(...json)
    .action(runs(async () => (await import("../commands/path.js")).showPath));
  program
    .command("why-stale")
    .description("what evidence is old, because of its age or of what changed since, and when the rest will be")
    .option("--stack <name>", "the stack; otherwise local, or the only one")
    .option("--evidence <folder>", "its evidence; otherwise evidence/<stack>/gathered")
    .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
    .option("--cwd <dir>", "the project's folder; otherwise this checkout")
    .option(...json)
    .action(runs(async () => (await import("../commands/why-stale.js")).whyStale));
  program
    .command("court [paths...]")
    .description(
      "what in documents and evidence cannot be true together: Markdown, JSON, XML and YAML, with the arithmetic",
    )
    .option(...json)
    .addHelpText("after", "\n0 nothing contradicts itself, 20 something does, 65 something cannot be read.")
    .action(runs(async () => (await import("../commands/court.js")).court));
  program
    .command("diff <before> <after>")
    .description("what flipped between two report.json, and whether evidence, rules, a waiver or the code did it")
    .option(...json)
    .action(runs(async () => (await import("../commands/diff.js")).diff));
  program
    .command("rules")
    .description("list rules and items")
    .option(...json)
    .action(runs(async () => (await import("../commands/rules.js")).listRules));
  program
    .command("explain <id>")
    .description("what a rule or an item of the review asks, why, and what decides it")
    .option(...json)
    .action(runs(async () => (await import("../commands/explain.js")).explain));
  program
    .command("sabotage")
    .description("weaken the platform one value at a time, and see whether every rule notices")
    .option("--stack <name>", "the stack that is weakened; otherwise all but local")
    .option("--survivors", "say of each weakening that a rule did not notice why it is no hole; takes some minutes")
    .option(...json)
    .action(runs(async () => (await import("../commands/sabotage.js")).sabotageCommand));
}
