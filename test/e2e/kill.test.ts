import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Place, Victim } from "../support/kills";
import { convergesAfter, leftOvers, upKilledAt } from "../support/kills";
import { copyOfCheckout, greenlight, ownFolders } from "../support/local-stack";

/** Three of the kills of test/long/kill.test.ts, each in the run that has to recover from the one before. */
const kills: [Victim, number][] = [
  ["command", 30],
  ["provider", 60],
  ["API server", 90],
];

describe("killed in the middle of an up", function () {
  this.timeout(45 * 60_000);
  let place: Place;
  before(() => {
    const copy = copyOfCheckout("medium");
    place = { copy, dir: path.dirname(copy) };
  });
  after(async () => {
    const down = await greenlight(["down", "--json"], ownFolders(place.dir), place.copy);
    assert.equal(down.code, 0, down.stderr);
    fs.rmSync(place.dir, { recursive: true, force: true });
  });

  for (const [victim, count] of kills)
    it(`the ${victim} at ${count} resources`, () => upKilledAt(place, victim, count));

  it("the next up converges: nothing lost, made twice or replaced", async () => {
    await convergesAfter(place);
    assert.deepEqual(leftOvers(place), []);
  });
});
