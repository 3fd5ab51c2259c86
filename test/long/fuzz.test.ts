import assert from "node:assert/strict";
import fc from "fast-check";
import { toGraph } from "../../policies/engine/graph";
import { judge } from "../../policies/engine/judge";
import { toResources } from "../../policies/engine/resource";
import { system } from "../../policies/engine/example";
import { rules } from "../../policies/rules/catalogue";
import { unknownSentinels } from "../../model/unknown";
import { asResources } from "../support/resources";

const types = [
  "apps/v1:Deployment",
  "apps/v1:StatefulSet",
  "batch/v1:CronJob",
  "core/v1:Pod",
  "core/v1:PodList",
  "policy/v1:PodDisruptionBudget",
  "networking.k8s.io/v1:NetworkPolicy",
  "autoscaling/v2:HorizontalPodAutoscaler",
];

describe("hostile properties", function () {
  this.timeout(600_000);

  it("never make the engine throw, and never carry a secret into a message", () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.object({
          maxDepth: 6,
          key: fc.oneof(
            fc.string(),
            fc.constantFrom(
              "metadata",
              "spec",
              "template",
              "containers",
              "items",
              "selector",
              "__proto__",
              "constructor",
            ),
          ),
        }),
        (type, props) => {
          const resources = toResources("urn:pulumi:x::y::z::w", `kubernetes:${type}`, props);
          for (const rule of rules)
            for (const resource of resources) judge(rule, resource, "production", toGraph(resources));
        },
      ),
      { numRuns: 10_000 },
    ));

  it("that are unknown anywhere in a sound workload never turn a rule that is not met into one that is", () => {
    const leaves: string[][] = [];
    const walk = (value: unknown, path: string[]): void => {
      if (path.length > 0) leaves.push(path);
      if (typeof value === "object" && value !== null)
        for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    };
    const sound = system();
    walk(sound.find(one => one.type.endsWith(":Deployment"))!.props, []);
    assert.ok(leaves.length > 40);
    for (const leaf of leaves) {
      const spoiled = structuredClone(sound);
      let holder = spoiled.find(one => one.type.endsWith(":Deployment"))!.props as Record<string, unknown>;
      for (const key of leaf.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
      holder[leaf.at(-1)!] = unknownSentinels.object;
      const resources = asResources(spoiled);
      for (const rule of rules)
        for (const resource of resources) {
          const result = judge(rule, resource, "production", toGraph(resources));
          if (result?.state === "met")
            assert.ok(result.inspected > 0, `${rule.id} met by nothing when ${leaf.join(".")} is unknown`);
        }
    }
  });
});
