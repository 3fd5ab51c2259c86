import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { Victim } from "../support/kills";
import { convergesAfter, leftOvers, upKilledAt } from "../support/kills";
import { greenlight, ownFolders, temporary } from "../support/local-stack";

/** Three of the kills of test/long/kill.test.ts. */
const kills: [Victim, number][] = [
  ["command", 40],
  ["provider", 60],
  ["API server", 80],
];

describe("killed in the middle of an up", function () {
  this.timeout(45 * 60_000);
  let dir: string;
  beforeEach(() => (dir = temporary()));
  afterEach(async () => {
    assert.equal((await greenlight(["down", "--json"], ownFolders(dir))).code, 0);
    fs.rmSync(dir, { recursive: true, force: true });
  });

  for (const [victim, count] of kills)
    it(`the ${victim} at ${count} resources: the next up converges`, async () => {
      await upKilledAt(dir, victim, count);
      await convergesAfter(dir);
      assert.deepEqual(leftOvers(dir), []);
    });
});
