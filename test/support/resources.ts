import type { RuleResult } from "../../model/finding";
import type { Tier } from "../../model/tier";
import { toGraph } from "../../policies/engine/graph";
import { judge } from "../../policies/engine/judge";
import type { Resource } from "../../policies/engine/resource";
import { toResources } from "../../policies/engine/resource";
import type { AnyRule, ExampleResource } from "../../policies/engine/rule";

/** Example resources as the engine would hand them over. */
export function asResources(given: ExampleResource[]): Resource[] {
  const urns = given.map(({ type, name }, index) => `urn:pulumi:test::test::${type}::${name}-${index}`);
  return given.flatMap(({ type, props, protect = true, parent }, index) =>
    toResources(urns[index]!, type, props, {
      protect,
      parent: urns[given.findIndex(one => one.name === parent)],
    }),
  );
}

/** What a rule says of a set of resources at a tier. */
export function judgeAll(rule: AnyRule, given: ExampleResource[], tier: Tier = "production"): RuleResult[] {
  const resources = asResources(given);
  return resources.flatMap(
    resource => judge(rule, resource, tier, toGraph(rule.scope === "stack" ? resources : [])) ?? [],
  );
}
