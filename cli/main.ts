import { Command, CommanderError, InvalidArgumentError } from "commander";
import { endChildren } from "../local/process";
import { UserError } from "../model/faults";
import { exitCodes } from "../model/outcome";
import { audit } from "./commands/audit";
import type { CheckOptions } from "./commands/check";
import { check } from "./commands/check";
import { court } from "./commands/court";
import { diff } from "./commands/diff";
import { doctor } from "./commands/doctor";
import type { DrillOptions } from "./commands/drill";
import { drill, endDrills } from "./commands/drill";
import { down } from "./commands/down";
import { env } from "./commands/env";
import { explain } from "./commands/explain";
import { preview } from "./commands/preview-command";
import { newStack } from "./commands/new-stack";
import type { PathOptions } from "./commands/path";
import { showPath } from "./commands/path";
import type { ReportOptions } from "./commands/report";
import { report } from "./commands/report";
import { listRules } from "./commands/rules";
import { sabotageCommand } from "./commands/sabotage";
import type { SignOptions } from "./commands/sign";
import { sign } from "./commands/sign";
import { verify } from "./commands/verify";
import type { VouchOptions } from "./commands/vouch";
import { vouch } from "./commands/vouch";
import { whyStale } from "./commands/why-stale";
import { waive } from "./commands/waive";
import { up } from "./commands/up";

const version = "0.1.0";
const json = ["--json", "print one JSON value for machines"] as const;

let exitCode = 0;
const runs =
  <Args extends unknown[]>(command: (...args: Args) => number | Promise<number>) =>
  async (...args: Args): Promise<void> => {
    exitCode = await command(...args);
  };

const port = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65535)
    throw new InvalidArgumentError("need a port from 1 to 65535.");
  return value;
};

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("need a whole number from 0.");
  return value;
};

const days = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("need a number of days from 1.");
  return value;
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

program
  .command("up")
  .description("make everything ready, preview under the gate, and deploy what is GO")
  .option("--stack <name>", "the stack", "local")
  .option("--port <number>", "port of the local API server; otherwise a free one", port)
  .option("--evidence <folder>", "above tier local: its evidence; otherwise evidence/<stack>/gathered")
  .option(...json)
  .addHelpText(
    "after",
    "\nAbove tier local it needs a passport (GREENLIGHT_PASSPORT, GREENLIGHT_TRUST), the stack's own backend and cluster, and the official providers.",
  )
  .action(runs(up));
program
  .command("preview")
  .description("preview with the real engine under the gate, and judge it; deploys nothing")
  .option("--cwd <dir>", "the project's folder; otherwise this checkout")
  .option("--stack <name>", "the stack; otherwise local, or the only one")
  .option("--offline", "use a scratch stack, no credentials and no cluster but the local one")
  .option(...json)
  .action(runs(preview));
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
  .action(runs((places: string[], options: CheckOptions) => check(places, options)));
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
  .action(runs(audit));
program
  .command("report")
  .description("judge a stack with its evidence, and write the decision, its blockers and all it rests on")
  .option("--stack <name>", "the stack; otherwise local, or the only one")
  .option("--evidence <folder>", "its evidence; otherwise evidence/<stack>/gathered")
  .option("--out <folder>", "where reports go; otherwise report/<stack>")
  .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
  .option("--preview", "rest on the engine's last preview of the stack instead of a run in-process")
  .option("--lang <language>", "language of the HTML page: en, zh-Hans or zh-Hant", "en")
  .option("--cwd <dir>", "the project's folder; otherwise this checkout")
  .option(...json)
  .addHelpText("after", "\nGREENLIGHT_TRUST names the file of keys whose signatures count.")
  .action(runs((options: ReportOptions) => report(options)));
program
  .command("path")
  .description("what has to be repaired for GO: order, owners, critical path, and when it is likely to be over")
  .option("--stack <name>", "the stack; otherwise local, or the only one")
  .option("--evidence <folder>", "its evidence; otherwise evidence/<stack>/gathered")
  .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
  .option("--seed <number>", "seed of the sampling", whole, 1)
  .option("--cwd <dir>", "the project's folder; otherwise this checkout")
  .option(...json)
  .action(runs((options: PathOptions) => showPath(options)));
program
  .command("why-stale")
  .description("what evidence is old, because of its age or of what changed since, and when the rest will be")
  .option("--stack <name>", "the stack; otherwise local, or the only one")
  .option("--evidence <folder>", "its evidence; otherwise evidence/<stack>/gathered")
  .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
  .option("--cwd <dir>", "the project's folder; otherwise this checkout")
  .option(...json)
  .action(runs((options: ReportOptions) => whyStale(options)));
program
  .command("vouch <files...>")
  .description("sign for files of evidence: a statement beside each, with its hash, stack, spec, commit and time")
  .requiredOption("--key <file>", "an ed25519 private key, as PEM: of the producer that the register names")
  .option("--stack <name>", "the stack it was gathered in; otherwise local, or the only one")
  .option("--ended <time>", "when gathering ended, with its zone; otherwise when the file was written")
  .option("--images <digests...>", "images it is about, such as sha256:…")
  .option(...json)
  .action(runs((files: string[], options: VouchOptions) => vouch(files, options)));
program
  .command("sign")
  .description("make a passport for a verdict that allows a deployment, or add a signature to one")
  .requiredOption("--key <file>", "an ed25519 private key, as PEM")
  .option("--passport <file>", "a passport that others signed before")
  .option("--stack <name>", "the stack; otherwise local, or the only one")
  .option("--evidence <folder>", "its evidence; otherwise evidence/<stack>/gathered")
  .option("--out <file>", "where the passport goes; otherwise report/<stack>.passport.json")
  .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
  .option(...json)
  .action(runs((options: SignOptions) => sign(options)));
program
  .command("verify <passport>")
  .description("whether a passport holds for this checkout, and what exactly no longer matches")
  .option("--keys <file>", "the trust root; otherwise GREENLIGHT_TRUST")
  .option("--evidence <folder>", "hash the evidence again too")
  .option("--at <time>", "the moment it has to hold at; otherwise now")
  .option(...json)
  .addHelpText(
    "after",
    "\n0 it holds, 10 it holds with waivers, 30 it does not hold, 40 something was changed.\nWithout this checkout: node bin/verify.js PASSPORT KEYS.",
  )
  .action(runs(verify));
program
  .command("diff <before> <after>")
  .description("what flipped between two report.json, and whether evidence, rules, a waiver or the code did it")
  .option(...json)
  .action(runs(diff));
program
  .command("court [paths...]")
  .description(
    "what in documents and evidence cannot be true together: Markdown, JSON, XML and YAML, with the arithmetic",
  )
  .option(...json)
  .addHelpText("after", "\n0 nothing contradicts itself, 20 something does, 65 something cannot be read.")
  .action(runs(court));
program
  .command("drill [what...]")
  .description(
    "break something real on this machine, repair it by the runbook's commands, measure; without a name, the list",
  )
  .option("--stack <name>", "the stack whose settings are drilled; otherwise local, or the only one")
  .option("--evidence <folder>", "where its evidence goes; otherwise evidence/<stack>/gathered")
  .option("--sabotage <name>", "do one thing wrong on purpose: the drill must not pass")
  .option("--keep", "leave the drill's folder and logs")
  .option(...json)
  .addHelpText("after", "\n0 passed, 20 failed, 30 invalid: it was no drill.")
  .action(runs((what: string[], options: DrillOptions) => drill(what, options)));
program
  .command("rules")
  .description("list rules and items")
  .option(...json)
  .action(runs(listRules));
program
  .command("explain <id>")
  .description("what a rule or an item of the review asks, why, and what decides it")
  .option(...json)
  .action(runs(explain));
program
  .command("waive")
  .description("write a waiver of a stack: one rule, one resource, for a while, agreed by a second person")
  .requiredOption("--stack <name>", "the stack")
  .requiredOption("--rule <id>", "the rule")
  .requiredOption("--resource <name>", 'the resource as findings name it, such as "DaemonSet shop/agent"')
  .requiredOption("--reason <text>", "why, in at least 20 characters")
  .requiredOption("--owner <name>", "who answers for it")
  .requiredOption("--approver <name>", "who agreed; not the owner")
  .option("--path <path>", "the place in the resource; otherwise all of it")
  .option("--category <name>", "accepted risk, false positive or planned repair", "planned repair")
  .option("--days <number>", "how long; otherwise as long as the rule's severity allows", days)
  .option(...json)
  .action(runs(waive));
program
  .command("sabotage")
  .description("weaken the platform one value at a time, and see whether every rule notices")
  .option("--stack <name>", "the stack that is weakened; otherwise all but local")
  .option(...json)
  .action(runs(sabotageCommand));
program
  .command("new")
  .description("write the files of something new")
  .command("stack <name>")
  .description("a new environment, made after an existing one; asks on a terminal for what is not given")
  .option("--like <stack>", "the stack it is made after", "production")
  .option("--system <name>", "name of the system")
  .option("--domain <domain>", "domain it is reached under")
  .option("--account <digits>", "AWS account of its base")
  .option("--region <region>", "AWS region of its base")
  .option(...json)
  .action(runs(newStack));
program
  .command("env")
  .description("print shell lines under which plain pulumi and kubectl work on the local stack, gated")
  .option(...json)
  .action(runs(env));
program
  .command("doctor")
  .description("look for what is missing or broken, and say the fix")
  .option(...json)
  .action(runs(doctor));
program
  .command("down")
  .description("stop the local stack and remove all it kept; refuses any other stack")
  .option("--stack <name>", "the stack", "local")
  .option(...json)
  .action(runs(down));

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
  process.once(signal, () => {
    isInterrupted = true;
    console.error("interrupted; waiting for what is running to stop");
    // What runs leaves its state in order: the next run goes on from there.
    void Promise.all([endChildren(), endDrills()]).then(() => process.exit(exitCodes.interrupted));
  });
void main().then(code => {
  // A pipe takes 64 KiB at a time: whoever reads JSON must get all of it.
  if (!isInterrupted) process.stdout.write("", () => process.exit(code));
});
