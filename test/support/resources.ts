import type { RuleResult } from "../../model/finding";
import type { Tier } from "../../model/tier";
import { exampleResources } from "../../policies/engine/example";
import { toGraph } from "../../policies/engine/graph";
import { judge } from "../../policies/engine/judge";
import type { AnyRule, ExampleResource } from "../../policies/engine/rule";

/** What a rule says of a set of resources at a tier. */
export function judgeAll(rule: AnyRule, given: ExampleResource[], tier: Tier = "production"): RuleResult[] {
  const resources = exampleResources(given);
  return resources.flatMap(
    resource => judge(rule, resource, tier, toGraph(rule.scope === "stack" ? resources : [])) ?? [],
  );
}

export { exampleResources as asResources };
