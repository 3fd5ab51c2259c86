import assert from "node:assert/strict";
import { localStack } from "../support/local-stack";
import { agree } from "../support/parity";

/** What needs no other stand-in; the other stacks are in test/long/parity.test.ts. */
describe("check and preview", function () {
  this.timeout(120_000);
  before(async function () {
    this.timeout(45 * 60_000);
    await localStack();
  });

  it("agree rule by rule on stack local", () => agree(["--stack", "local"], ["--stack", "local"]));
  it("agree rule by rule on examples/unready", () => agree(["examples/unready"], ["--cwd", "examples/unready"]));
  it("agree rule by rule on a program full of unknowns", async () => {
    const { rules } = await agree(["test/fixtures/unknowns"], ["--cwd", "test/fixtures/unknowns"]);
    const states = new Set(rules.map(([, state]) => state));
    assert.ok(states.has("unverifiable") && states.has("not met"), [...states].join(", "));
  });
});
