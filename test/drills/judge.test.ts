import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { evidenceSchema } from "../../model/evidence";
import type { Clock } from "../../drills/course";
import { RepairFailed } from "../../drills/course";
import { drills } from "../../drills/catalogue";
import type { Drill, Programs, Room, Settings } from "../../drills/drill";
import { Network } from "../../drills/network";
import { evidenceOf, runDrill } from "../../drills/run";
import { marked, pause, Servers, until } from "../../drills/servers";
import { envelope } from "../../readiness/evidence/importers/envelope";
import { drillMarkdown } from "../../readiness/report/drill";

const settings = { stack: "local", rtoMs: 1, rpoMs: 1, redis: { args: {}, spec: { a: 1 } } } as unknown as Settings;
const programs: Programs = {
  ...{ postgres: "", barman: "", objectStore: "", redis: "", aws: "" },
  ...{ etcd: "", kubernetes: "", kwok: "", rollouts: "", prometheus: "", service: "", k6: "" },
};

/** A drill that does what a test says. */
const made = (run: (room: Room) => Promise<void>): Drill => ({
  ...{ id: "try this", title: "A drill", kind: "failure drill", requirements: ["S-129"], needs: [], store: "redis" },
  ...{ steps: ["break it"], sabotages: {} },
  run: async room => {
    await run(room);
    return { engines: { engine: "1" } };
  },
});

const sound = async ({ course }: Room): Promise<void> => {
  await course.step("break it", async () => undefined);
  course.proof("it broke", true, "seen");
  course.check("it came back", true, "seen");
  course.measure("total", 3, 3, "writes");
};

const judged = (run: (room: Room) => Promise<void>, more: { used?: string[]; clock?: Clock } = {}) => {
  const { used = [], ...rest } = more;
  return runDrill(made(run), { ...{ programs, settings, nonce: "ab".repeat(8), used, say: () => undefined }, ...rest });
};

describe("a drill's judgement", () => {
  it("is passed where the fault bit and what was to hold holds", async () => {
    const report = await judged(sound);
    assert.equal(report.result, "passed", report.reasons.join());
    assert.match(drillMarkdown(report), /^# PASSED: A drill\n/);
  });

  const invalid: [
    name: string,
    run: (room: Room) => Promise<void>,
    says: RegExp,
    more?: Parameters<typeof judged>[1],
  ][] = [
    ["nothing was done", async () => undefined, /not done: break it; nothing shows that the fault bit/],
    [
      "the fault had no effect",
      async room => {
        await sound(room);
        room.course.proof("it is gone", false, "it answers");
      },
      /not so: it is gone \(it answers\)/,
    ],
    [
      "nothing was checked",
      async ({ course }) => {
        await course.step("break it", async () => undefined);
        course.proof("it broke", true, "seen");
      },
      /nothing was checked/,
    ],
    ["its nonce was used before", sound, /its nonce (ab)+ was used before/, { used: ["ab".repeat(8)] }],
    [
      "it broke off",
      async room => {
        await sound(room);
        throw new Error("no room on the disk");
      },
      /it broke off: no room on the disk/,
    ],
  ];
  for (const [name, run, says, more] of invalid)
    it(`is invalid where ${name}, and states no success as evidence`, async () => {
      const report = await judged(run, more);
      assert.equal(report.result, "invalid");
      assert.match(report.reasons.join("; "), says);
      const evidence = evidenceOf(made(run), report);
      assert.deepEqual(evidence.facts, []);
    });

  it("is invalid where somebody set the clock, whichever way", async () => {
    for (const byMs of [-3_600_000, 60_000]) {
      let isSet = false;
      const clock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() + (isSet ? byMs : 0) };
      const report = await judged(
        async room => {
          await sound(room);
          isSet = true;
        },
        { clock },
      );
      assert.match(report.reasons.join(), /the wall's clock was set while it ran/);
    }
  });

  it("is failed where the repair failed or a promise does not hold, and says so as evidence", async () => {
    const repair = await judged(async ({ course }) => {
      course.proof("it broke", true, "seen");
      throw new RepairFailed("no backup is there");
    });
    assert.equal(repair.result, "failed");
    assert.match(repair.reasons.join(), /the repair worked \(no backup is there\)/);
    const lost = await judged(async room => {
      await sound(room);
      room.course.check("nothing is lost", false, "2 of 9");
    });
    assert.equal(lost.result, "failed");
    const evidence = evidenceSchema.parse(evidenceOf(made(sound), lost));
    assert.equal(evidence.facts[0]!.value, false);
  });

  it("is evidence that the importer knows, rehearsed and no more", async () => {
    const report = await judged(sound);
    const evidence = evidenceSchema.parse(evidenceOf(made(sound), report));
    const [found] = envelope({ file: "drill.json", text: "" } as never, JSON.parse(JSON.stringify(evidence)))!;
    assert.equal(found!.kind, "failure drill");
    assert.equal(found!.simulated, "rehearsed on processes of one machine");
    assert.deepEqual(found!.facts, { succeeded: true, total: 3 });
  });

  it("is of drills that all say what they need, what must be done, and how they can be spoilt", () => {
    assert.equal(new Set(drills.map(one => one.id)).size, drills.length);
    for (const one of drills) {
      assert.ok(one.steps.length >= 4 && one.needs.length > 0 && one.requirements.length > 0, one.id);
      assert.ok(Object.keys(one.sabotages).length >= 4 && "no fault" in one.sabotages, one.id);
    }
  });
});

describe("a drill's servers", () => {
  const inRoom = async (work: (servers: Servers) => Promise<void>): Promise<void> => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "gl-test-"));
    try {
      await work(new Servers(dir, 300));
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  };

  it("are gone afterwards, those they started too", () =>
    inRoom(async servers => {
      // One that does not stop when asked, and has a child of its own.
      servers.start("stubborn", "/bin/sh", ["-c", 'trap "" TERM; sleep 600 & while :; do sleep 1; done']);
      assert.ok(await until(() => marked(servers.dir).length >= 2, 5_000));
      await servers.stopAll();
      assert.deepEqual(marked(servers.dir), []);
    }));

  it("are gone afterwards too where they went into the background and hide what they were started with", () =>
    inRoom(async servers => {
      // As a server does that writes its title over its environment: started without the mark, in the drill's folder.
      const hidden = "env -i PATH=/usr/bin:/bin setsid sleep 300 </dev/null >/dev/null 2>&1 &";
      await servers.run("/bin/sh", ["-c", hidden]);
      assert.ok(await until(() => marked(servers.dir).length === 1, 5_000));
      await servers.stopAll();
      assert.deepEqual(marked(servers.dir), []);
    }));

  it("that cannot be started say so in their log", () =>
    inRoom(async servers => {
      const server = servers.start("absent", "/nowhere/program", []);
      assert.equal(await server.ended, -1);
      assert.match(fs.readFileSync(server.log, "utf8"), /not startable: .*ENOENT/);
    }));
});

describe("a drill's network", () => {
  it("passes, loses everything when cut, and begins anew when healed", async () => {
    const echo = net.createServer(socket =>
      socket.on("data", data => void socket.write(data)).on("error", () => undefined),
    );
    await new Promise<void>(resolve => echo.listen(0, "127.0.0.1", resolve));
    const network = new Network();
    try {
      const port = await network.open("one", "two", {
        host: "127.0.0.1",
        port: (echo.address() as net.AddressInfo).port,
      });
      const connect = () => {
        const socket = net.connect({ host: "127.0.0.1", port }).setEncoding("utf8");
        const seen = { text: "", closed: false };
        socket
          .on("data", text => (seen.text += String(text)))
          .on("close", () => (seen.closed = true))
          .on("error", () => undefined);
        return { socket, seen };
      };
      const first = connect();
      first.socket.write("a");
      assert.ok(await until(() => first.seen.text === "a", 2_000, 5));
      network.cut("two", "one");
      first.socket.write("b");
      const second = connect();
      second.socket.write("c");
      await pause(150);
      assert.deepEqual(
        [first.seen, second.seen],
        [
          { text: "a", closed: false },
          { text: "", closed: false },
        ],
      );
      network.heal();
      assert.ok(await until(() => first.seen.closed && second.seen.closed, 2_000, 5));
      const third = connect();
      third.socket.write("d");
      assert.ok(await until(() => third.seen.text === "d", 2_000, 5));
    } finally {
      network.close();
      echo.close();
    }
  });
});
