import * as fs from "node:fs";
import * as path from "node:path";
import type { Bucket } from "../bucket";
import { startBucket } from "../bucket";
import { saidBy } from "../cluster/restore";
import { RepairFailed } from "../course";
import type { Drill, Room, Settings } from "../drill";
import { needed } from "../drill";
import { judgeLoss, overwriteBackup, promisedBefore } from "../restoring";
import { freePort, pause, until } from "../servers";
import { RedisCluster } from "./cluster";
import { lostBy, startRedisWriters } from "./writers";

const steps = [
  "start a bucket with versions and object lock",
  "start three servers and three sentinels",
  "write under load",
  "back up as the component's job does",
  "write what no backup has",
  "lose every pod and its volume",
  "restore to a server of its own, as the component's job does",
  "restore the store as the runbook says",
  "compare with what was confirmed",
];

/** S-130 to S-133: a store comes back from its dump, after all its pods and volumes are gone. */
export const restoreRedis: Drill = {
  id: "restore redis",
  title: "A Redis store comes back from its dump when all its volumes are gone",
  kind: "restore drill",
  requirements: ["S-130", "S-131", "S-132", "S-133", "S-170"],
  needs: ["redis", "aws", "objectStore"],
  store: "redis",
  steps,
  sabotages: {
    "no fault": { what: "pods and volumes are left as they are", comesTo: "invalid" },
    "no backup": { what: "nothing is backed up", comesTo: "failed" },
    "spoilt dump": { what: "the dump in the bucket is overwritten", comesTo: "failed" },
    "old dump": { what: "the heartbeat in the dump is of two hours ago", comesTo: "failed" },
    "wrong credentials": { what: "the restore is given a key that does not open the bucket", comesTo: "failed" },
    "bucket gone": { what: "the bucket's server is gone when it is needed", comesTo: "failed" },
    "dump not read": { what: "the start script leaves the append-only file switched on", comesTo: "failed" },
  },
  run,
};

async function run(room: Room, settings: Settings) {
  const bucket = await room.course.step(steps[0]!, () =>
    startBucket(room.servers, room.programs, settings.plan.target.bucket),
  );
  const weaken = (script: string) =>
    room.sabotage === "dump not read" ? script.replace('set -- "$@" --appendonly no', ":") : script;
  const cluster = new RedisCluster(room, settings, { script: weaken });
  try {
    await drill(room, settings, bucket, cluster);
  } finally {
    cluster.close();
  }
  const said = await room.servers.run(cluster.program("server"), ["--version"]);
  return {
    engines: {
      redis: /v=(\S+)/.exec(said.stdout)?.[1] ?? "unknown",
      minio: bucket.version.split(" ")[2] ?? "unknown",
    },
  };
}

async function drill(room: Room, settings: Settings, bucket: Bucket, cluster: RedisCluster): Promise<void> {
  const { course, sabotage } = room;
  const { spec, args } = needed(settings, "redis");
  await course.step(steps[1]!, async () => {
    await cluster.prepare();
    await cluster.start();
  });
  const image = path.join(room.dir, "image");
  cluster.writeImage(image);
  const env = jobEnv(room, settings, bucket, image);
  const scriptOf = (job: typeof spec.backup, step: string): string => {
    const { initContainers = [], containers } = job.spec.jobTemplate.spec.template.spec;
    return [...initContainers, ...containers].find(one => one.name === step)!.command[2]!;
  };
  const scratch = (name: string) => {
    const dir = path.join(room.dir, name);
    fs.mkdirSync(dir, { recursive: true });
    return dir;
  };
  const port = await freePort();
  const step = async (job: typeof spec.backup, name: string, place: string, more: NodeJS.ProcessEnv = {}) => {
    const { code, stdout, stderr } = await cluster.runStep(scriptOf(job, name), {
      ...{ scratch: scratch(place), port },
      // What talks to the store has its names; what restores has an image and nothing else.
      env: job === spec.drill || name === "upload" ? { ...env, ...more } : { NONCE: room.nonce },
    });
    return {
      code,
      nonce: saidBy(stdout).nonce,
      said: `${stdout}\n${stderr}`.trim().split("\n").slice(-2).join(" / ").slice(-300),
    };
  };

  const primary = async () => (await cluster.primary()) ?? 0;
  await cluster.ask(await primary(), "set", ["drill:nonce", room.nonce]);
  const others = cluster.replicas - 1;
  const writers = startRedisWriters(course, room.nonce, async () => cluster.connect(await primary()), {
    replicas: others,
    everyMs: 2,
  });
  await course.step(steps[2]!, () => pause(4_000));

  const backedUpMs = await course.step(steps[3]!, async () => {
    const beat = await step(spec.heartbeat, "beat", "work");
    if (beat.code !== 0) throw new Error(`the heartbeat was not written: ${beat.said}`);
    if (sabotage === "old dump")
      await cluster.ask(await primary(), "set", [
        "greenlight:heartbeat",
        String(Math.floor(Date.now() / 1_000) - 7_200),
      ]);
    await pause(300);
    // What is confirmed by now is in the dump; asked before it begins.
    const at = course.now();
    if (sabotage === "no backup") return at;
    for (const name of ["dump", "upload"]) {
      const done = await step(spec.backup, name, "work");
      if (done.code !== 0) throw new Error(`the backup's step ${name} ended with ${done.code}: ${done.said}`);
    }
    return at;
  });
  await course.step(steps[4]!, () => pause(2_500));
  if (sabotage === "spoilt dump") await overwriteBackup(room, bucket, `redis/${args.name}`, "*.rdb");

  const faultAt = await course.step(steps[5]!, async () => {
    const keys = Number(await cluster.ask(await primary(), "dbsize"));
    const at = course.moment("fault");
    if (sabotage !== "no fault")
      for (const ordinal of cluster.ordinals) {
        await cluster.killPod(ordinal);
        cluster.emptyPod(ordinal);
      }
    const answers = await Promise.all(cluster.ordinals.map(one => cluster.ask(one, "ping")));
    const left = cluster.ordinals.filter(one => fs.readdirSync(cluster.dataDir(one)).length > 0);
    course.proof(
      "nobody answers any more",
      answers.every(one => one === undefined),
      answers.filter(one => one !== undefined).join(", ") || "nobody",
    );
    course.proof(
      "every volume is empty",
      left.length === 0,
      `${keys} keys before, ${left.length} volumes hold something`,
    );
    return at;
  });
  const promised = await promisedBefore(course, faultAt, writers, "writes");
  if (sabotage === "bucket gone") await bucket.goAway();
  const wrong = sabotage === "wrong credentials" ? { AWS_SECRET_ACCESS_KEY: "not the key" } : {};

  await course.step(steps[6]!, async () => {
    for (const name of ["fetch", "verify"]) {
      const done = await step(spec.drill, name, "restored", wrong);
      if (done.code !== 0) throw new RepairFailed(`the restore's step ${name} ended with ${done.code}: ${done.said}`);
      // By the same line a drill in a cluster knows that it was its own data that came back.
      if (name === "verify")
        course.proof("the job itself found the nonce", done.nonce === room.nonce, done.nonce ?? "none");
    }
  });

  await course.step(steps[7]!, async () => {
    fs.copyFileSync(path.join(scratch("restored"), "dump.rdb"), path.join(cluster.dataDir(0), "dump.rdb"));
    cluster.startPods(cluster.ordinals);
    const isRead = await until(async () => {
      const info = String((await cluster.ask(0, "info", ["persistence"])) ?? "");
      return info.includes("aof_enabled:1") && info.includes("loading:0");
    }, 60_000);
    if (!isRead) throw new RepairFailed(`the first server did not read the dump: ${cluster.logOf(0).slice(-200)}`);
    if (!(await cluster.isWhole(90_000))) throw new RepairFailed("the store did not become whole again in 90 s");
    course.moment("recovered");
  });
  const rtoMs = course.moments.find(one => one.name === "recovered")!.atMs - faultAt;

  await course.step(steps[8]!, async () => {
    const leader = await primary();
    const nonce = await cluster.ask(leader, "get", ["drill:nonce"]);
    course.proof(
      "what came back holds this drill's nonce",
      nonce === room.nonce || sabotage === "dump not read",
      String(nonce),
    );
    const client = cluster.connect(leader);
    try {
      const { lost, changed } = await lostBy(client, promised);
      const safe = lost.filter(one => one.atMs < backedUpMs && one.waited === others);
      course.check(
        "everything the backup had came back",
        safe.length === 0,
        `${safe.length} of ${promised.length} lost`,
      );
      course.check("nothing is another than was written", changed === 0, `${changed} changed`);
      const plan = settings.plan.redis;
      judgeLoss(course, settings, { plan, lost, promised: promised.length, faultAt, rtoMs, unit: "writes" });
      const replicas = await Promise.all(cluster.ordinals.map(one => cluster.ask(one, "dbsize")));
      course.check("all servers hold the same", new Set(replicas.map(String)).size === 1, replicas.join(", "));
      const again = await client.set("drill:after", room.nonce).catch(String);
      course.check("it takes writes again", again === "OK", String(again));
    } finally {
      client.disconnect();
    }
  });
}

/** What a job's pod gets: the target's own settings, and on its PATH what its image has. */
function jobEnv({ programs }: Room, settings: Settings, bucket: Bucket, image: string): NodeJS.ProcessEnv {
  const PATH = [image, programs.aws, process.env.PATH ?? ""].join(path.delimiter);
  return { ...bucket.env, SSE: settings.plan.target.encryption, PATH };
}
