import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import type { Runs } from "./runs";
import { json } from "./runs";

const days = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("need a number of days from 1.");
  return value;
};

const hours = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 4)) throw new InvalidArgumentError("need hours, up to 4.");
  return value;
};

const key = "an ed25519 key: a PEM file, env:NAME, or exec:PROGRAM for one that stays in a KMS";

/** Commands by which people vouch, agree and sign. */
export function declareSigning(program: Command, runs: Runs): void {
  program
    .command("vouch <files...>")
    .description("sign for files of evidence: a statement beside each, with its hash, stack, spec, commit and time")
    .requiredOption("--key <file>", `${key}, of the producer that the register names`)
    .option("--stack <name>", "the stack it was gathered in; otherwise local, or the only one")
    .option("--ended <time>", "when gathering ended, with its zone; otherwise when the file was written")
    .option("--images <digests...>", "images it is about, such as sha256:…")
    .option(...json)
    .action(runs(async () => (await import("../commands/vouch.js")).vouch));
  program
    .command("sign")
    .description("make a passport for a verdict that allows a deployment, or add a signature to one")
    .requiredOption("--key <file>", key)
    .option("--passport <file>", "a passport that others signed before")
    .option("--waivers", "sign the stack's waivers as they are instead: what their approver does")
    .option("--stack <name>", "the stack; otherwise local, or the only one")
    .option("--evidence <folder>", "its evidence; otherwise evidence/<stack>/gathered")
    .option("--out <file>", "where the passport goes; otherwise report/<stack>.passport.json")
    .option("--at <time>", "the moment it is judged at, with its zone; otherwise now")
    .option(...json)
    .action(runs(async () => (await import("../commands/sign.js")).sign));
  program
    .command("verify <passport>")
    .description("whether a passport holds for this checkout, and what exactly no longer matches")
    .option("--keys <file>", "the trust root; otherwise GREENLIGHT_TRUST")
    .option("--evidence <folder>", "hash the evidence again too")
    .option("--at <time>", "the moment it has to hold at; otherwise now")
    .option("--vsa <file>", "write the result as a verification summary of SLSA, too")
    .option(...json)
    .addHelpText(
      "after",
      "\nOverrides are verified too.\n0 it holds, 10 it holds with waivers, or as an override, 30 it does not hold, 40 something was changed.\nWithout this checkout: node bin/verify.js PASSPORT KEYS.",
    )
    .action(runs(async () => (await import("../commands/verify.js")).verify));
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
    .action(runs(async () => (await import("../commands/waive.js")).waive));
  program
    .command("override")
    .description(
      "break glass: two people let named resources be deployed though the verdict forbids it, for four hours at most",
    )
    .requiredOption("--key <file>", key)
    .option("--document <file>", "an override that another signed before: the signature is added to it")
    .option("--stack <name>", "the stack")
    .option("--incident <id>", "number of the incident")
    .option("--reason <text>", "why, in at least 20 characters")
    .option(
      "--resource <names...>",
      'resources as findings name them, such as "Deployment shop/api"; nothing else may change',
    )
    .option("--hours <number>", "how long it holds, up to 4", hours, 1)
    .option("--out <file>", "where it goes; otherwise report/<stack>.override.json")
    .option(...json)
    .addHelpText(
      "after",
      "\nThen: GREENLIGHT_OVERRIDE=FILE greenlight up. The verdict stays what it is, and the next release waits for the review.",
    )
    .action(runs(async () => (await import("../commands/override.js")).override));
}
