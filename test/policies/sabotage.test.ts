import assert from "node:assert/strict";
import { prove } from "../../cli/commands/sabotage";
import { exampleResources, system } from "../../policies/engine/example";
import { sabotage } from "../../policies/engine/sabotage";
import type { AnyRule } from "../../policies/engine/rule";
import { rules } from "../../policies/rules/catalogue";

describe("sabotage", () => {
  for (const rule of rules)
    it(`${rule.id} ${rule.slug} notices when its own sound examples are weakened`, () => {
      const { tried, noticed } = prove(rule, []);
      assert.ok(noticed > 0, `${tried} weakenings, none noticed`);
    });

  it("finds out a rule that lets everything through", () => {
    const lenient = {
      ...rules.find(one => one.id === "GL-POD-01")!,
      check: () => [],
      demand: undefined,
    } as unknown as AnyRule;
    const result = sabotage(lenient, exampleResources(system()), "production")!;
    assert.equal(result.noticed.length, 0);
    assert.equal(prove(lenient, []).noticed, 0);
  });

  it("leaves the system it weakens as it was", () => {
    const before = exampleResources(system());
    for (const rule of rules) sabotage(rule, before, "production");
    assert.deepEqual(before, exampleResources(system()));
  });
});
