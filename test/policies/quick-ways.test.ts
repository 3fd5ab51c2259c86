import assert from "node:assert/strict";
import { concerns } from "../../policies/engine/demand";
import { exampleResources } from "../../policies/engine/example";
import { toGraph } from "../../policies/engine/graph";
import { judge } from "../../policies/engine/judge";
import { recordReads } from "../../policies/engine/reading";
import type { Resource } from "../../policies/engine/resource";
import { rules } from "../../policies/rules/catalogue";

/** Every system of every rule's examples. */
const systems: Resource[][] = rules.flatMap(rule => rule.examples().map(({ given }) => exampleResources(given)));

/** What is done to judge fast must not change what is said. */
describe("the quick ways of judging", () => {
  it("say of what is wholly known the same as when every read is watched", () => {
    let compared = 0;
    for (const all of systems) {
      const graph = toGraph(all);
      for (const rule of rules)
        for (const resource of all) {
          const quick = judge(rule, resource, "production", graph);
          let watched: typeof quick;
          // A graph of its own: what a graph remembers was read in the quick way.
          recordReads(() => (watched = judge(rule, { ...resource }, "production", toGraph(all))));
          assert.deepEqual(quick, watched);
          if (quick) compared++;
        }
    }
    assert.ok(compared > 10_000, `${compared} judgements`);
  }).timeout(120_000);

  it("leave out no rule that has something to say", () => {
    for (const { id, demand } of rules)
      for (const resource of demand ? systems.flat() : [])
        if (!concerns(demand!, resource))
          assert.equal(
            judge(
              rules.find(one => one.id === id)!,
              resource,
              "production",
            ),
            undefined,
            `${id} ${resource.urn}`,
          );
  }).timeout(60_000);
});
