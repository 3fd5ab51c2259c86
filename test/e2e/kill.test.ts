import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { Victim } from "../support/kills";
import { convergesAfter, leftOvers, upKilledAt } from "../support/kills";
import { greenlight, ownFolders, temporary } from "../support/local-stack";

/** Three of the kills of test/long/kill.test.ts, each in the run that has to recover from the one before. */
const kills: [Victim, number][] = [
  ["command", 30],
  ["provider", 60],
  ["API server", 90],
];

describe("killed in the middle of an up", function () {
  this.timeout(45 * 60_000);
  let dir: string;
  before(() => (dir = temporary()));
  after(async () => {
    assert.equal((await greenlight(["down", "--json"], ownFolders(dir))).code, 0);
    fs.rmSync(dir, { recursive: true, force: true });
  });

  for (const [victim, count] of kills) it(`the ${victim} at ${count} resources`, () => upKilledAt(dir, victim, count));

  it("the next up converges: nothing lost, made twice or replaced", async () => {
    await convergesAfter(dir);
    assert.deepEqual(leftOvers(dir), []);
  });
});
