import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import type { Runs } from "./runs";
import { json } from "./runs";

const port = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65535)
    throw new InvalidArgumentError("need a port from 1 to 65535.");
  return value;
};

/** Commands that make, change and try a stack. */
export function declareStack(program: Command, runs: Runs): void {
  program
    .command("up")
    .description("make everything ready, preview under the gate, and deploy what is GO")
    .option("--stack <name>", "the stack", "local")
    .option("--port <number>", "port of the local API server; otherwise a free one", port)
    .option("--evidence <folder>", "above tier local: its evidence; otherwise evidence/<stack>/gathered")
    .option("--rollback", "go back to the release before, whose commit is checked out, by the passport it had")
    .option(...json)
    .addHelpText(
      "after",
      "\nAbove tier local it needs a passport (GREENLIGHT_PASSPORT, GREENLIGHT_TRUST) or an override (GREENLIGHT_OVERRIDE), the stack's own backend and cluster, and the official providers.",
    )
    .action(runs(async () => (await import("../commands/up.js")).up));
  program
    .command("preview")
    .description("preview with the real engine under the gate, and judge it; deploys nothing")
    .option("--cwd <dir>", "the project's folder; otherwise this checkout")
    .option("--stack <name>", "the stack; otherwise local, or the only one")
    .option("--offline", "use a scratch stack, no credentials and no cluster but the local one")
    .option(...json)
    .action(runs(async () => (await import("../commands/preview-command.js")).preview));
  program
    .command("down")
    .description("stop the local stack and remove all it kept; refuses any other stack")
    .option("--stack <name>", "the stack", "local")
    .option(...json)
    .action(runs(async () => (await import("../commands/down.js")).down));
  program
    .command("env")
    .description("print shell lines under which plain pulumi and kubectl work on the local stack, gated")
    .option(...json)
    .action(runs(async () => (await import("../commands/env.js")).env));
  program
    .command("doctor")
    .description("look for what is missing or broken, and say the fix")
    .option(...json)
    .action(runs(async () => (await import("../commands/doctor.js")).doctor));
  program
    .command("drill [what...]")
    .description(
      "break something real on this machine, repair it by the runbook's commands, measure; `list` says when each is due, `calendar` prints the year's as a calendar file",
    )
    .option("--stack <name>", "the stack whose settings are drilled; otherwise local, or the only one")
    .option("--evidence <folder>", "where its evidence goes; otherwise evidence/<stack>/gathered")
    .option("--sabotage <name>", "do one thing wrong on purpose: the drill must not pass")
    .option("--yes", "in a cluster: break what serves, where the drill does that (failovers)")
    .option("--keep", "leave the drill's folder and logs")
    .option(
      "--target <where>",
      "processes: this machine's; cluster: the stack's own, by its components' jobs",
      "processes",
    )
    .option("--kubeconfig <file>", "of the cluster; otherwise kubectl's own")
    .option("--context <name>", "in it; otherwise the current one")
    .option(...json)
    .addHelpText("after", "\n0 passed, 20 failed, 30 invalid: it was no drill.")
    .action(runs(async () => (await import("../commands/drill.js")).drill));
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
    .action(runs(async () => (await import("../commands/new-stack.js")).newStack));
}
