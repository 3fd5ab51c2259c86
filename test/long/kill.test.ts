import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import type { Place } from "../support/kills";
import { convergesAfter, leftOvers, startUp, upKilledAt, victims } from "../support/kills";
import { copyOfCheckout, greenlight, ownFolders, temporary } from "../support/local-stack";

/** How many resources the state holds when the kill comes: the first, the last, and between. */
const points = [1, 25, 50, 75, 100];
/** How much later it comes, in milliseconds: so that it meets requests at any stage. By the seed. */
const delays = fc.sample(fc.integer({ min: 0, max: 120 }), {
  numRuns: victims.length * points.length,
  seed: Number(process.env.SEED ?? 20261122),
});

describe("killed in the middle", function () {
  this.timeout(900_000);
  let copy: string;
  let place: Place;
  before(() => (copy = copyOfCheckout("medium")));
  after(() => fs.rmSync(path.dirname(copy), { recursive: true, force: true }));
  beforeEach(() => (place = { copy, dir: temporary() }));
  // Whatever a test found, nothing of it runs on.
  afterEach(async () => {
    const down = await greenlight(["down", "--json"], ownFolders(place.dir), copy);
    assert.equal(down.code, 0, down.stderr);
    fs.rmSync(place.dir, { recursive: true, force: true });
  });

  victims.forEach((victim, row) =>
    points.forEach((count, column) => {
      const delay = delays[row * points.length + column]!;
      it(`the ${victim} at ${count} resources and ${delay} ms: the next up converges`, async () => {
        await upKilledAt(place, victim, count, delay);
        await convergesAfter(place);
        assert.deepEqual(leftOvers(place), []);
      });
    }),
  );

  // The engine waits for a dead pack for ever; the command notices and ends it.
  it("the policy pack at 40 resources: the engine is ended, and the next up converges", async () => {
    await upKilledAt(place, "policy pack", 40);
    await convergesAfter(place);
    assert.deepEqual(leftOvers(place), []);
  });

  for (const ms of [1_500, 4_000, 7_000])
    it(`stops in order when it is interrupted at ${ms} ms`, async () => {
      const child = startUp(place);
      setTimeout(() => child.kill("SIGINT"), ms);
      const code = await new Promise(resolve => child.once("close", resolve));
      assert.equal(code, 130);
      assert.deepEqual(leftOvers(place), []);
      const again = await greenlight(["up", "--json"], ownFolders(place.dir), copy);
      assert.equal(again.code, 0, again.stderr);
    });
});
