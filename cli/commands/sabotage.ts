import { encode } from "../../local/providers/wire";
import { root } from "../../local/state";
import { exitCodes } from "../../model/outcome";
import { exampleResources } from "../../policies/engine/example";
import type { Resource } from "../../policies/engine/resource";
import { toResources } from "../../policies/engine/resource";
import type { AnyRule } from "../../policies/engine/rule";
import type { Survivor } from "../../policies/engine/sabotage";
import { sabotage } from "../../policies/engine/sabotage";
import type { Pattern } from "../../policies/engine/survivors";
import { explainSurvivors, patternOf } from "../../policies/engine/survivors";
import { rules } from "../../policies/rules/catalogue";
import { readStackFile, stackNames } from "../../stacks/files";
import { registeredBy } from "../in-process/check";
import { printJson } from "../output";
import { readProject } from "../project";
import { keepProofs } from "../report-context";

/** What became of one rule. */
export interface Proof {
  rule: string;
  /** Whether the platform was weakened, or the rule's own examples because it has nothing to look at in the platform. */
  where: "platform" | "examples";
  tried: number;
  noticed: number;
  undecided: number;
  survived: Survivor[];
}

/**
 * `greenlight sabotage`: weakens the platform one value at a time and sees whether the rules say so. A rule that nothing
 * turns red would let anything through: then the command ends with 20.
 */
export async function sabotageCommand(options: {
  stack?: string;
  survivors?: boolean;
  json?: boolean;
}): Promise<number> {
  const { stackDir } = readProject(root);
  const stacks = options.stack ? [options.stack] : stackNames(stackDir).filter(name => name !== "local");
  const systems: Resource[][] = [];
  for (const stack of stacks) systems.push(await platformOf(stack));
  const proofs = rules.map(rule => prove(rule, systems));
  const blind = proofs.filter(one => one.noticed === 0);
  const patterns = options.survivors ? survivorsOf(systems) : undefined;
  const open = patterns?.filter(one => one.reason === undefined) ?? [];
  keepProofs(proofs);
  if (options.json)
    printJson({
      stacks,
      proofs: proofs.map(one => ({
        ...one,
        survived: one.survived.map(each => ({ ...patternOf(each), urn: each.urn })),
      })),
      ...(patterns ? { patterns } : {}),
    });
  else {
    const sum = (key: "tried" | "noticed" | "undecided") => proofs.reduce((total, one) => total + one[key], 0);
    const own = proofs.filter(one => one.where === "examples").length;
    for (const { rule, tried } of blind) console.log(`${rule}: ${tried} weakenings, and it noticed none`);
    for (const { kind, path, how, rules: by } of open)
      console.log(`no reason: ${kind} ${path} ${how} (looked at by ${by.join(", ")})`);
    console.log(
      `${blind.length === 0 ? "every rule bites" : `${blind.length} of ${proofs.length} rules do not bite`}: ${proofs.length} rules, ${sum("tried")} weakenings of ${stacks.join(", ")}, ${sum("noticed")} noticed, ${sum("undecided")} no longer to be told`,
    );
    console.log(`${own} rules look at things no stack has; their own examples were weakened instead`);
    if (patterns) {
      const others = patterns.filter(one => /^GL-\S+ stops it$/.test(one.reason ?? "")).length;
      console.log(
        `${patterns.length} kinds of weakenings that a rule did not notice: ${others} are stopped by another rule, ${patterns.length - others - open.length} have a written reason, ${open.length} have none`,
      );
    }
    console.log(
      patterns
        ? "next: `greenlight sabotage --survivors --json` lists each with its reason"
        : "next: `greenlight sabotage --survivors` says why what was not noticed is no hole, in some minutes",
    );
  }
  return blind.length === 0 && open.length === 0 ? exitCodes.GO : exitCodes["NO-GO"];
}

/** What no rule noticed on the platform, by kind, with why it is no hole. */
export const survivorsOf = (systems: readonly Resource[][]): Pattern[] =>
  explainSurvivors(
    rules,
    systems.map(all => ({
      all,
      survived: rules.flatMap(rule =>
        (sabotage(rule, all, "production")?.survived ?? []).map(survivor => ({ rule: rule.id, survivor })),
      ),
    })),
    "production",
  );

/** What a stack would register, as rules see it. */
export async function platformOf(stack: string): Promise<Resource[]> {
  const project = readProject(root);
  const registered = await registeredBy(project, stack, readStackFile(project.stackDir, stack).config);
  return registered.flatMap(({ urn, type, outputs, protect, parent }) =>
    toResources(urn, type, encode(outputs), { protect, parent }),
  );
}

/** Weakens a rule's surroundings: the platform where it looks at something there, else its own sound examples. */
export function prove(rule: AnyRule, systems: Resource[][]): Proof {
  const onPlatform = systems.flatMap(all => sabotage(rule, all, "production") ?? []);
  const sound = rule
    .examples()
    .filter(one => one.want === "met")
    .map(one => exampleResources(one.given));
  const found =
    onPlatform.length > 0 ? onPlatform : sound.flatMap(all => sabotage(rule, all, rule.judgedAt ?? "production") ?? []);
  return {
    rule: rule.id,
    where: onPlatform.length > 0 ? "platform" : "examples",
    tried: found.reduce((sum, one) => sum + one.tried, 0),
    noticed: found.reduce((sum, one) => sum + one.noticed.length, 0),
    undecided: found.reduce((sum, one) => sum + one.undecided.length, 0),
    survived: found.flatMap(one => one.survived),
  };
}
