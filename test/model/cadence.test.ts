import assert from "node:assert/strict";
import { Cron } from "croner";
import fc from "fast-check";
import { durationMinutes, worstGapMinutes } from "../../model/cadence";
import { provableRpoMinutes, provableRtoMinutes } from "../../model/recovery";

describe("cadence", () => {
  it("finds the longest gap of a schedule", () => {
    const gaps: [string, number | undefined][] = [
      ["*/15 * * * *", 15],
      ["*/15 8-18 * * *", 13 * 60 + 15],
      ["0 0 2 * * *", 1_440],
      ["0 0 3 * * 0", 10_080],
      ["0 9 * * 1-5", 3 * 1_440],
      ["15 3 1 * *", 31 * 1_440],
      ["* * 1-7 1 *", 359 * 1_440 + 1],
      ["@hourly", 60],
      ["@every 5m", undefined],
      ["0 0 30 2 *", undefined],
      ["60 * * * *", undefined],
      ["* * * *", undefined],
      ["soon", undefined],
      ["", undefined],
    ];
    for (const [schedule, gap] of gaps) assert.equal(worstGapMinutes(schedule), gap, schedule);
  });

  it("never finds a gap shorter than one that is there", () => {
    const field = (min: number, max: number) =>
      fc.oneof(
        fc.constant("*"),
        fc.integer({ min, max }).map(String),
        fc.integer({ min: 2, max: 30 }).map(step => `*/${step}`),
        fc
          .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
          .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      );
    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(1, 28), field(0, 6), (minute, hour, day, weekday) => {
        const schedule = `${minute} ${hour} ${day} * ${weekday}`;
        const worst = worstGapMinutes(schedule);
        // A step beyond its field is nothing the parser reads: no gap, and so no promise.
        if (worst === undefined) return;
        const cron = new Cron(schedule, { timezone: "UTC", paused: true });
        const runs = cron.nextRuns(300, new Date("2026-05-05T00:00:00Z"));
        const gaps = runs.slice(1).map((run, index) => (run.getTime() - runs[index]!.getTime()) / 60_000);
        if (gaps.length > 0) assert.ok(worst >= Math.max(...gaps), `${schedule}: ${worst} < ${Math.max(...gaps)}`);
      }),
      { numRuns: 60, seed: Number(process.env.SEED ?? 20261122) },
    );
  }).timeout(60_000);

  it("reads durations", () => {
    const texts: [string, number | undefined][] = [
      ["5min", 5],
      ["1h30m", 90],
      ["90d", 129_600],
      ["2160h", 129_600],
      ["30s", 0.5],
      ["soon", undefined],
      ["5", undefined],
      ["h", undefined],
      ["5min later", undefined],
    ];
    for (const [text, minutes] of texts) assert.equal(durationMinutes(text), minutes, text);
  });
});

describe("what a design can promise", () => {
  it("is the log's wait, or the longest gap and the backup's own time", () => {
    assert.equal(provableRpoMinutes({ schedules: ["0 2 * * *"], backupMinutes: 10, logMinutes: 5 }), 5);
    assert.equal(provableRpoMinutes({ schedules: ["0 2 * * *", "*/30 * * * *"], backupMinutes: 10 }), 40);
    assert.equal(provableRpoMinutes({ schedules: [], backupMinutes: 10, logMinutes: 5 }), undefined);
    assert.equal(provableRpoMinutes({ schedules: ["never"], backupMinutes: 10 }), undefined);
  });

  it("grows with the size, and is nothing where the size cannot be read", () => {
    const base = { restoreRate: 100, fixedMinutes: 30 };
    assert.equal(provableRtoMinutes({ ...base, size: "6000Mi" }), 31);
    assert.equal(provableRtoMinutes({ ...base, size: "6000Mi", replay: { minutes: 1_440, speedUp: 10 } }), 175);
    assert.equal(provableRtoMinutes({ ...base, size: "big" }), undefined);
    assert.equal(provableRtoMinutes({ ...base, size: "1Gi", restoreRate: 0 }), undefined);
  });
});
