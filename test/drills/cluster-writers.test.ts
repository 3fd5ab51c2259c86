import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { settingsOf } from "../../cli/drill-settings";
import { countedBy } from "../../drills/cluster/failover";
import { postgresWriters, redisWriters, writing } from "../../drills/cluster/writers";
import type { Drill, Programs, Room, Settings } from "../../drills/drill";
import { Network } from "../../drills/network";
import type { Cluster } from "../../drills/postgres/cluster";
import { makeAll, prepare } from "../../drills/postgres/cluster";
import { postmaster, startPostgres } from "../../drills/postgres/server";
import { RedisCluster } from "../../drills/redis/cluster";
import { runDrill } from "../../drills/run";
import { pause } from "../../drills/servers";
import { findPostgres, findRedis } from "../../local/toolchain/drill-parts";

const { settings } = settingsOf("local");
const nonce = "0123456789abcdef0123456789abcdef";

/** A room with real servers, for as long as something is tried in it. */
async function inRoom<T>(
  programs: Partial<Programs>,
  work: (room: Room, settings: Settings) => Promise<T>,
): Promise<T> {
  let result: T | undefined;
  const drill = {
    ...{ id: "writers", title: "writers", kind: "failure drill", requirements: [], needs: [], steps: [] },
    ...{ sabotages: {}, store: "redis" },
    run: async (room: Room, own: Settings) => {
      result = await work(room, own);
      return { engines: {} };
    },
  } as unknown as Drill;
  const report = await runDrill(drill, {
    ...{ programs: programs as Programs, settings, nonce, used: [], say: () => undefined },
  });
  if (result === undefined) throw new Error(report.reasons.join("; "));
  return result;
}

/** Redis' writers beside something that is done to the store while they write. */
const redis = (seconds: number, meanwhile: (cluster: RedisCluster) => Promise<void>) =>
  inRoom({ redis: path.resolve(findRedis()) }, async (room, own) => {
    const cluster = new RedisCluster(room, own);
    try {
      await cluster.prepare();
      await cluster.start();
      const scratch = path.join(room.dir, "scratch");
      fs.mkdirSync(scratch);
      const job = cluster.runStep(writing(redisWriters, seconds), { scratch, port: 0, env: { NONCE: nonce } });
      await pause(4_000);
      await meanwhile(cluster);
      const { code, stdout, stderr } = await job;
      assert.equal(code, 0, stderr);
      return { ...countedBy(stdout), address: cluster.address };
    } finally {
      cluster.close();
    }
  });

/** PostgreSQL's, the same. */
const postgres = (seconds: number, meanwhile: (cluster: Cluster) => Promise<void>) =>
  inRoom({ postgres: findPostgres() }, async (room, own) => {
    const network = new Network();
    try {
      const cluster = await prepare(room, own, network);
      await makeAll(cluster);
      const scratch = path.join(room.dir, "scratch");
      fs.mkdirSync(scratch);
      const env = {
        URI: `postgresql://postgres@127.0.0.1:${cluster.ports.one}/postgres`,
        PATH: [room.programs.postgres, process.env.PATH].join(path.delimiter),
        NONCE: nonce,
      };
      const script = writing(postgresWriters, seconds).replaceAll("/scratch", scratch);
      const job = room.servers.run("/bin/sh", ["-c", script], { env, timeoutMs: 120_000 });
      await pause(4_000);
      await meanwhile(cluster);
      const { code, stdout, stderr } = await job;
      assert.equal(code, 0, stderr);
      return countedBy(stdout);
    } finally {
      network.close();
    }
  });

describe("the writers of a failover in a cluster, in a shell and against real servers", function () {
  this.timeout(180_000);

  it("find another primary of Redis, and all that was confirmed", async () => {
    const said = await redis(20, async cluster => {
      const first = (await cluster.primary())!;
      await cluster.killPod(first);
      await pause(8_000);
      cluster.startPods([first]);
    });
    assert.equal(said.began, said.address(0));
    assert.ok(said.ended !== undefined && said.ended !== said.began, said.ended);
    assert.equal(said.nonce, nonce);
    assert.equal(said.lost, 0);
    assert.ok(said.confirmed! > 50 && said.refused! > 0, JSON.stringify(said));
    assert.ok(said.gapMs! > 4_000 && said.gapMs! < 20_000, String(said.gapMs));
  });

  it("miss what Redis has lost, and feel nothing where nothing is done", async () => {
    const said = await redis(7, async cluster => {
      const gone = [1, 2, 3].map(number => `drill:${nonce}:0:${number}`);
      assert.equal(await cluster.ask((await cluster.primary())!, "del", gone), 3);
    });
    assert.equal(said.lost, 3);
    assert.equal(said.ended, said.began);
    assert.ok(said.gapMs! < 3_000, String(said.gapMs));
  });

  it("find all that PostgreSQL has confirmed, after it was killed", async () => {
    const said = await postgres(12, async cluster => {
      const { data } = cluster.servers.one!;
      process.kill(postmaster(data), "SIGKILL");
      await pause(2_000);
      cluster.servers.one = await startPostgres(cluster.room, "one-again", data, {
        port: cluster.ports.one,
        tls: cluster.tls,
      });
    });
    assert.equal(said.began, "127.0.0.1");
    assert.deepEqual([said.nonce, said.lost], [nonce, 0]);
    assert.ok(said.confirmed! > 50 && said.refused! > 0, JSON.stringify(said));
    assert.ok(said.gapMs! > 1_500 && said.gapMs! < 20_000, String(said.gapMs));
  });

  it("miss what PostgreSQL has lost", async () => {
    const said = await postgres(7, async cluster => {
      const client = await cluster.servers.one!.connect();
      const { rowCount } = await client.query("delete from greenlight.drill_rows where writer = 0 and number <= 3");
      await client.end();
      assert.equal(rowCount, 3);
    });
    assert.equal(said.lost, 3);
  });
});
