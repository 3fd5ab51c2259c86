import assert from "node:assert/strict";
import * as fs from "node:fs";
import fc from "fast-check";
import { convergesAfter, leftOvers, startUp, upKilledAt, victims } from "../support/kills";
import { greenlight, ownFolders, temporary } from "../support/local-stack";

/** How many resources the state holds when the kill comes: the first, the last, and between. */
const points = [1, 25, 50, 75, 100];
/** How much later it comes, in milliseconds: so that it meets requests at any stage. By the seed. */
const delays = fc.sample(fc.integer({ min: 0, max: 120 }), {
  numRuns: victims.length * points.length,
  seed: Number(process.env.SEED ?? 20261122),
});

describe("killed in the middle", function () {
  this.timeout(900_000);
  let dir: string;
  beforeEach(() => (dir = temporary()));
  // Whatever a test found, nothing of it runs on.
  afterEach(async () => {
    const down = await greenlight(["down", "--json"], ownFolders(dir));
    assert.equal(down.code, 0, down.stderr);
    fs.rmSync(dir, { recursive: true, force: true });
  });

  victims.forEach((victim, row) =>
    points.forEach((count, column) => {
      const delay = delays[row * points.length + column]!;
      it(`the ${victim} at ${count} resources and ${delay} ms: the next up converges`, async () => {
        await upKilledAt(dir, victim, count, delay);
        await convergesAfter(dir);
        assert.deepEqual(leftOvers(dir), []);
      });
    }),
  );

  // The engine waits for a dead pack for ever; the command notices and ends it.
  it("the policy pack at 40 resources: the engine is ended, and the next up converges", async () => {
    await upKilledAt(dir, "policy pack", 40);
    await convergesAfter(dir);
    assert.deepEqual(leftOvers(dir), []);
  });

  for (const ms of [1_500, 4_000, 7_000])
    it(`stops in order when it is interrupted at ${ms} ms`, async () => {
      const child = startUp(dir);
      setTimeout(() => child.kill("SIGINT"), ms);
      const code = await new Promise(resolve => child.once("close", resolve));
      assert.equal(code, 130);
      assert.deepEqual(leftOvers(dir), []);
      const again = await greenlight(["up", "--json"], ownFolders(dir));
      assert.equal(again.code, 0, again.stderr);
    });
});
