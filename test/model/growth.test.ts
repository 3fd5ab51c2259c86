import assert from "node:assert/strict";
import { headroomEndsAfterDays, loadAfter } from "../../model/growth";

describe("a load that grows", () => {
  const load = { launch: 100, inAYear: 400 };

  it("is what is expected at launch and a year later, and twice as much half-way when it is four times in the end", () => {
    assert.equal(loadAfter(load, 0), 100);
    assert.equal(loadAfter(load, 365), 400);
    assert.ok(Math.abs(loadAfter(load, 182.5) - 200) < 1e-9);
  });

  it("uses what has to be left free on a day that can be named", () => {
    const days = headroomEndsAfterDays(load, 400, 0.3)!;
    assert.ok(loadAfter(load, days) <= 280 && loadAfter(load, days + 1) > 280, String(days));
    assert.equal(headroomEndsAfterDays(load, 142, 0.3), 0, "it is used from the beginning");
    assert.equal(headroomEndsAfterDays({ launch: 100, inAYear: 100 }, 400, 0.3), undefined);
    assert.equal(headroomEndsAfterDays({ launch: 100, inAYear: 50 }, 400, 0.3), undefined);
    assert.equal(headroomEndsAfterDays({ launch: 500, inAYear: 100 }, 400, 0.3), 0);
  });
});
