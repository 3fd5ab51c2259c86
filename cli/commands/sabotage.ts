import { encode } from "../../local/providers/wire";
import { root } from "../../local/state";
import { exitCodes } from "../../model/outcome";
import { exampleResources } from "../../policies/engine/example";
import type { Resource } from "../../policies/engine/resource";
import { toResources } from "../../policies/engine/resource";
import type { AnyRule } from "../../policies/engine/rule";
import type { Weakening } from "../../policies/engine/sabotage";
import { sabotage } from "../../policies/engine/sabotage";
import { rules } from "../../policies/rules/catalogue";
import { readStackFile, stackNames } from "../../stacks/files";
import { registeredBy } from "../in-process/check";
import { printJson } from "../output";
import { readProject } from "../project";

/** What became of one rule. */
export interface Proof {
  rule: string;
  /** Whether the platform was weakened, or the rule's own examples because it has nothing to look at in the platform. */
  where: "platform" | "examples";
  tried: number;
  noticed: number;
  survived: Weakening[];
}

/**
 * `greenlight sabotage`: weakens the platform one value at a time and sees whether the rules say so. A rule that nothing
 * turns red would let anything through: then the command ends with 20.
 */
export async function sabotageCommand(options: { stack?: string; json?: boolean }): Promise<number> {
  const { stackDir } = readProject(root);
  const stacks = options.stack ? [options.stack] : stackNames(stackDir).filter(name => name !== "local");
  const systems: Resource[][] = [];
  for (const stack of stacks) systems.push(await platformOf(stack));
  const proofs = rules.map(rule => prove(rule, systems));
  const blind = proofs.filter(one => one.noticed === 0);
  if (options.json) printJson({ stacks, proofs });
  else {
    const sum = (key: "tried" | "noticed") => proofs.reduce((total, one) => total + one[key], 0);
    const own = proofs.filter(one => one.where === "examples").length;
    for (const { rule, tried } of blind) console.log(`${rule}: ${tried} weakenings, and it noticed none`);
    console.log(
      `${blind.length === 0 ? "every rule bites" : `${blind.length} of ${proofs.length} rules do not bite`}: ${proofs.length} rules, ${sum("tried")} weakenings of ${stacks.join(", ")}, ${sum("noticed")} noticed`,
    );
    console.log(`${own} rules look at things no stack has; their own examples were weakened instead`);
    console.log("next: `greenlight sabotage --json` lists every weakening that was not noticed");
  }
  return blind.length === 0 ? exitCodes.GO : exitCodes["NO-GO"];
}

/** What a stack would register, as rules see it. */
async function platformOf(stack: string): Promise<Resource[]> {
  const project = readProject(root);
  const registered = await registeredBy(project, stack, readStackFile(project.stackDir, stack).config);
  return registered.flatMap(({ urn, type, outputs, protect, parent }) =>
    toResources(urn, type, encode(outputs), { protect, parent }),
  );
}

/** Weakens a rule's surroundings: the platform where it looks at something there, else its own sound examples. */
export function prove(rule: AnyRule, systems: Resource[][]): Proof {
  const onPlatform = systems.flatMap(all => sabotage(rule, all, "production") ?? []);
  const sound = rule.examples.filter(one => one.want === "met").map(one => exampleResources(one.given));
  const found =
    onPlatform.length > 0 ? onPlatform : sound.flatMap(all => sabotage(rule, all, rule.judgedAt ?? "production") ?? []);
  return {
    rule: rule.id,
    where: onPlatform.length > 0 ? "platform" : "examples",
    tried: found.reduce((sum, one) => sum + one.tried, 0),
    noticed: found.reduce((sum, one) => sum + one.noticed.length, 0),
    survived: found.flatMap(one => one.survived),
  };
}
