import assert from "node:assert/strict";
import { drills } from "../../drills/catalogue";
import { items } from "../../policies/items/catalogue";
import { cadenceDays, drillCalendar, dueDrills } from "../../readiness/drill-calendar";

const nowMs = Date.parse("2026-11-25T12:00:00Z");
const dayMs = 86_400_000;

describe("the calendar of drills", () => {
  it("asks for each kind before the strictest item that asks for it calls the last one old", () => {
    for (const { kind, id } of drills) {
      const days = cadenceDays(kind, items);
      const fresh = items.flatMap(item => item.evidence.filter(one => one.kind === kind).map(one => one.freshDays));
      assert.ok(fresh.length > 0, `${id}: nobody asks for a ${kind}`);
      if (Math.min(...fresh) < 14) assert.equal(days, undefined, `${id} belongs to each release`);
      else assert.ok(days! % 7 === 0 && days! + 7 <= Math.min(...fresh), `${id}: every ${days} days`);
    }
    // Monthly and quarterly, as the review asks (S-155, S-173).
    assert.equal(cadenceDays("failure drill", items), 28);
    assert.equal(cadenceDays("rollback drill", items), 84);
    assert.equal(cadenceDays("coverage", []), undefined);
  });

  it("says what was never done is due now, what was done later, and what is overdue", () => {
    const passed = new Map([
      ["restore postgres", nowMs - 10 * dayMs],
      ["failover redis", nowMs - 40 * dayMs],
    ]);
    const due = dueDrills(drills, items, { passed, nowMs });
    const of = (id: string) => due.find(one => one.id === id)!;
    assert.deepEqual(
      [of("rollback").isOverdue, of("rollback").last, Date.parse(of("rollback").due)],
      [true, undefined, nowMs],
    );
    assert.equal(of("restore postgres").due, new Date(nowMs + 18 * dayMs).toISOString());
    assert.equal(of("restore postgres").isOverdue, false);
    assert.equal(of("failover redis").isOverdue, true);
  });

  it("says where what is due takes place", () => {
    const one = { id: "restore mongodb", title: "MongoDB", kind: "restore drill" as const, target: "cluster" as const };
    const due = dueDrills([one], items, { passed: new Map(), nowMs });
    assert.equal(due[0]!.target, "cluster");
    assert.match(
      drillCalendar("production", due, nowMs).replace(/\r\n /g, ""),
      /greenlight drill restore mongodb --stack production --target cluster/,
    );
  });

  it("is a calendar file: short lines, one event a drill, nothing in the past", () => {
    const file = drillCalendar("production", dueDrills(drills, items, { passed: new Map(), nowMs }), nowMs);
    assert.ok(file.startsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && file.endsWith("END:VCALENDAR\r\n"));
    assert.ok(
      file.split("\r\n").every(line => Buffer.byteLength(line) <= 75),
      "a line is too long",
    );
    const dated = drills.filter(one => cadenceDays(one.kind, items) !== undefined);
    assert.equal(file.split("BEGIN:VEVENT").length - 1, dated.length);
    assert.ok(!/DTSTART:(?!20261125T120000Z)/.test(file));
    assert.match(
      file.replace(/\r\n /g, ""),
      /RRULE:FREQ=DAILY;INTERVAL=84;COUNT=5\r\nSUMMARY:Drill: rollback \(production\)/,
    );
    assert.equal(new Set(file.match(/UID:\S+/g)).size, dated.length);
    const hostile = drillCalendar(
      "x",
      [{ ...dueDrills(drills, items, { passed: new Map(), nowMs })[0]!, title: "a,b;c\nEND:VCALENDAR" }],
      nowMs,
    );
    assert.match(hostile, /a\\,b\\;c\\nEND:VCALENDAR/);
  });
});
