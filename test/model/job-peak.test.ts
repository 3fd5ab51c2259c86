import assert from "node:assert/strict";
import { jobP95, mostJobs, scaledP95, shareLongerThan, shareThatWaits, workersNeeded } from "../../model/job-peak";

const near = (found: number, wanted: number, by: number, what = "") =>
  assert.ok(Math.abs(found - wanted) <= by, `${what}: ${found}, not ${wanted} ± ${by}`);

/** Numbers from 0 to 1 that are the same in every run (xorshift). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Jobs that come by chance to servers that take turns, one by one: how long each took. */
function simulated(perSecond: number, seconds: number, servers: number, jobs: number, seed: number): number[] {
  const next = random(seed);
  const draw = (mean: number) => -Math.log(1 - next()) * mean;
  const free = new Array<number>(servers).fill(0);
  let now = 0;
  return Array.from({ length: jobs }, () => {
    now += draw(1 / perSecond);
    const first = free.indexOf(Math.min(...free));
    free[first] = Math.max(now, free[first]!) + draw(seconds);
    return free[first]! - now;
  });
}

describe("the peak of jobs", () => {
  it("is what Erlang's formulas give: for one server the share that waits is how busy it is", () => {
    for (const busy of [0.1, 0.5, 0.9])
      near(shareThatWaits({ perSecond: busy, seconds: 1, servers: 1 }), busy, 1e-12, `busy ${busy}`);
    // A table's value: 2 servers, one Erlang: a third waits.
    near(shareThatWaits({ perSecond: 1, seconds: 1, servers: 2 }), 1 / 3, 1e-12);
    // One server: what it takes is exponential with what is spare.
    near(jobP95({ perSecond: 0.5, seconds: 1, servers: 1 }), -Math.log(0.05) / 0.5, 1e-6);
  });

  it("agrees with jobs that are simulated one by one", () => {
    const seed = 20261126;
    for (const [perSecond, seconds, servers] of [
      [0.1, 30, 5],
      [0.3, 30, 12],
      [2, 1, 3],
    ] as const) {
      const took = simulated(perSecond, seconds, servers, 200_000, seed).sort((a, b) => a - b);
      const seen = took[Math.ceil(0.95 * took.length) - 1]!;
      const said = jobP95({ perSecond, seconds, servers });
      near(seen / said, 1, 0.03, `${perSecond}/s of ${seconds} s by ${servers}, seed ${seed}`);
    }
  });

  it("never ends where more come than are done, and takes as long as a job where nobody waits", () => {
    assert.equal(jobP95({ perSecond: 1, seconds: 3, servers: 3 }), Infinity);
    assert.equal(shareLongerThan({ perSecond: 2, seconds: 3, servers: 3 }, 1e9), 1);
    near(jobP95({ perSecond: 0.001, seconds: 10, servers: 20 }), -Math.log(0.05) * 10, 0.01);
  });

  it("gets no worse by a worker more, and no better by a job more", () => {
    let before = Infinity;
    for (let servers = 4; servers < 40; servers++) {
      const now = jobP95({ perSecond: 0.1, seconds: 30, servers });
      assert.ok(now <= before + 1e-9, `${servers} workers`);
      before = now;
    }
    for (const perSecond of [0.01, 0.05, 0.1, 0.15])
      assert.ok(
        jobP95({ perSecond, seconds: 30, servers: 6 }) <=
          jobP95({ perSecond: perSecond + 0.01, seconds: 30, servers: 6 }),
      );
  });

  it("says how many workers it takes and how much they bear, one the other's limit", () => {
    const peak = { perSecond: 0.3, seconds: 30 };
    const servers = workersNeeded(peak, 150)!;
    assert.ok(jobP95({ ...peak, servers }) <= 150 && jobP95({ ...peak, servers: servers - 1 }) > 150);
    const most = mostJobs(servers, 30, 150);
    assert.ok(most >= 0.3 && jobP95({ perSecond: most, seconds: 30, servers }) <= 150);
    assert.ok(jobP95({ perSecond: most * 1.01, seconds: 30, servers }) > 150);
    assert.equal(workersNeeded({ perSecond: 1, seconds: 200 }, 300), undefined, "a job alone takes too long");
    assert.equal(mostJobs(10, 200, 300), 0);
  });

  it("grows a line before a worker is added: who waits in it waits as long as that worker takes for its share", () => {
    const workers = { atOnce: 1, least: 3, most: 30, waitingPerWorker: 10 };
    near(scaledP95({ perSecond: 0.1, seconds: 30 }, workers), 300 - Math.log(0.05) * 30, 1e-6);
    near(
      scaledP95({ perSecond: 0.1, seconds: 30 }, { ...workers, waitingPerWorker: 5 }),
      150 - Math.log(0.05) * 30,
      1e-6,
    );
    // Few jobs never make a line that adds one.
    near(
      scaledP95({ perSecond: 0.02, seconds: 30 }, workers),
      jobP95({ perSecond: 0.02, seconds: 30, servers: 3 }),
      1e-9,
    );
    assert.equal(scaledP95({ perSecond: 1, seconds: 30 }, workers), Infinity);
  });
});
