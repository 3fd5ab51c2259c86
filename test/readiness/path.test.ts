import assert from "node:assert/strict";
import fc from "fast-check";
import type { Blocker } from "../../readiness/blockers";
import { pathToGo } from "../../readiness/path";

const blocker = (id: string, hours: [number, number], change: Partial<Blocker> = {}): Blocker => ({
  ...{
    id,
    cause: id,
    title: id,
    priority: "P1",
    state: "not met",
    items: [],
    impact: "",
    hours,
    dependsOn: [],
    proof: "",
    fix: "",
  },
  ...change,
});

describe("the path to GO", () => {
  it("reproduces the projected finish of the readiness summary: 12:34 and six hours are 18:34", () => {
    const path = pathToGo([
      blocker("B-01", [2, 4], { owner: "qa" }),
      blocker("B-02", [1, 2], { owner: "sre" }),
      blocker("B-03", [2, 3], { owner: "sre", dependsOn: ["B-02"] }),
    ]);
    assert.equal(path.most, 6);
    assert.equal(path.least, 4);
    assert.deepEqual(path.critical, ["B-02", "B-03"]);
    assert.deepEqual(path.slots, [
      { id: "B-01", start: 0, end: 4 },
      { id: "B-02", start: 0, end: 2 },
      { id: "B-03", start: 2, end: 5 },
    ]);
    const finish = new Date(Date.parse("2025-11-02T12:34:00Z") + path.most * 3_600_000);
    assert.equal(finish.toISOString(), "2025-11-02T18:34:00.000Z");
    assert.ok(path.least < path.p50 && path.p50 < path.p90 && path.p90 < path.most);
  });

  it("lets one person do one thing at a time, and says nothing takes no time", () => {
    const two = [blocker("B-01", [1, 1], { owner: "a" }), blocker("B-02", [1, 1], { owner: "a" })];
    assert.equal(pathToGo(two).most, 3);
    assert.deepEqual(pathToGo(two).critical, ["B-01", "B-02"]);
    assert.equal(pathToGo(two.map(({ owner: _owner, ...one }) => one)).most, 2);
    assert.equal(pathToGo([]).p90, 0);
  });

  it("is the same for the same seed, ends for circles, and keeps least ≤ P50 ≤ P90 ≤ most", () => {
    const ids = ["B-01", "B-02", "B-03", "B-04", "B-05"];
    const one = (id: string) =>
      fc
        .tuple(
          fc.integer({ min: 0, max: 9 }),
          fc.integer({ min: 0, max: 9 }),
          fc.subarray(ids),
          fc.constantFrom("a", "b", undefined),
        )
        .map(([low, more, dependsOn, owner]) =>
          blocker(id, [low, low + more], { dependsOn, ...(owner ? { owner } : {}) }),
        );
    fc.assert(
      fc.property(fc.tuple(...ids.map(one)), fc.nat(), (blockers, seed) => {
        const path = pathToGo(blockers, seed);
        assert.deepEqual(pathToGo(blockers, seed), path);
        assert.ok(path.least <= path.p50 + 1e-9 && path.p50 <= path.p90 && path.p90 <= path.most + 0.01);
        for (const { id, start } of path.slots) {
          const { dependsOn } = blockers.find(other => other.id === id)!;
          // In a circle something has to be first.
          const ends = dependsOn.map(other => path.slots.find(slot => slot.id === other)!.end);
          assert.ok(start >= 0 && Number.isFinite(start) && ends.length === dependsOn.length);
        }
        assert.ok(path.critical.length > 0);
      }),
      { numRuns: 20 },
    );
  });

  it("goes by the calendar of who repairs", () => {
    const office = { days: [1, 2, 3, 4, 5], from: 8 * 60, to: 16 * 60, away: [] };
    // A Thursday, two in the afternoon.
    const times = { fromMs: Date.parse("2026-11-26T14:00:00Z"), calendars: new Map([["Ann", office]]) };
    const one = (id: string, owner: string, dependsOn: string[] = []) => blocker(id, [4, 4], { owner, dependsOn });
    const path = pathToGo([one("B-01", "Ann"), one("B-02", "Bob"), one("B-03", "Ann", ["B-02"])], 1, times);
    // Ann works two hours today and two tomorrow; then B-03; Bob of whom nothing is said begins at once.
    assert.deepEqual(
      path.slots.map(({ id, start, end }) => [id, start, end]),
      [
        ["B-01", 0, 20],
        ["B-02", 0, 4],
        ["B-03", 20, 24],
      ],
    );
    assert.deepEqual(path.critical, ["B-01", "B-03"]);
    assert.equal(path.most, 25);
  });
});
