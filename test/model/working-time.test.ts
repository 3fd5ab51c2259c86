import assert from "node:assert/strict";
import * as fc from "fast-check";
import { nextWorking, workedUntil } from "../../model/working-time";

/** Monday to Friday, eight to four, a week off from the 7th of December. */
const office = {
  days: [1, 2, 3, 4, 5],
  ...{ from: 8 * 60, to: 16 * 60 },
  away: [[Date.parse("2026-12-07"), Date.parse("2026-12-11")]] as const,
};
const hour = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const until = (from: string, hours: number) => iso(workedUntil(office, Date.parse(from), hours * hour));

describe("working time", () => {
  for (const [what, from, hours, wanted] of [
    ["within a day", "2026-11-26T09:00Z", 3, "2026-11-26T12:00"],
    ["to the end of a day", "2026-11-26T09:00Z", 7, "2026-11-26T16:00"],
    ["over a night", "2026-11-26T14:00Z", 4, "2026-11-27T10:00"],
    ["over a weekend", "2026-11-27T15:00Z", 2, "2026-11-30T09:00"],
    ["begun at night", "2026-11-26T22:00Z", 1, "2026-11-27T09:00"],
    ["begun on a Sunday", "2026-11-29T10:00Z", 1, "2026-11-30T09:00"],
    ["over a week off", "2026-12-04T15:00Z", 2, "2026-12-14T09:00"],
    ["of many days", "2026-11-26T08:00Z", 24, "2026-11-30T16:00"],
  ] as const)
    it(`goes ${what}`, () => assert.equal(until(from, hours), wanted));

  it("goes round the clock where nothing is said, and on where nobody ever works", () => {
    assert.equal(workedUntil(undefined, 0, hour), hour);
    assert.ok(Number.isFinite(workedUntil({ ...office, days: [] }, 0, hour)));
  });

  it("is never done sooner than the work takes, and later work never ends before earlier", () => {
    const start = Date.parse("2026-11-26");
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 * 24 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 100 }),
        (at, hours, more) => {
          const from = start + at * hour;
          const end = workedUntil(office, from, hours * hour);
          assert.ok(end >= from + hours * hour);
          assert.ok(workedUntil(office, from, (hours + more) * hour) >= end);
          assert.ok(workedUntil(office, from + more * hour, hours * hour) >= end);
          assert.ok(nextWorking(office, from) >= from);
        },
      ),
    );
  });
});
