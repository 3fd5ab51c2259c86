import { parseQuantity } from "../../model/quantity";
import type { DeclaredLoad } from "../../model/growth";
import { headroomEndsAfterDays } from "../../model/growth";
import { ObjectStoreCluster } from "../object-store/cluster";
import { headroom, isBorne as isServed } from "../load/scenarios";
import type { Drill, Room, Settings } from "../drill";
import { needed } from "../drill";
import { Network } from "../network";
import type { Cluster } from "../postgres/cluster";
import { makeAll, prepare } from "../postgres/cluster";
import { mustRun } from "../postgres/server";
import { pause } from "../servers";
import type { Ran } from "./database";
import {
  diskWork,
  forgetStatements,
  holdsNonce,
  isBorne,
  makeMessages,
  runTransactions,
  topStatements,
} from "./database";
import { countObjects, openBucket, runObjects } from "./objects";

const steps = [
  "start a primary, two standbys and the object store",
  "database: the declared rate",
  "database: more and more, until it is too much",
  "the statements in which time goes, at the knee",
  "objects: the declared rate",
  "objects: more and more, until it is too much",
  "work out what is left",
];

const mostPerSecond = 6_400;
const mostObjects = 320;
/** Rates of a stack that says nothing. */
const unsaid = {
  database: { perSecond: 50, p95Ms: 100 },
  objects: { perSecond: 5, kibibytes: 256, p95Ms: 500 },
};

/** S-136, S-140: what database and object store bear, with standbys that confirm and parity that is written. */
export const testStorage: Drill = {
  id: "test storage",
  title: "Database and object store bear the declared rate with 30 % to spare, and where time goes is known",
  kind: "load test",
  requirements: ["S-134", "S-135", "S-136", "S-140"],
  needs: ["postgres", "objectStore", "k6"],
  store: "postgres",
  steps,
  sabotages: {
    "no fault": { what: "nothing is asked of either", comesTo: "invalid" },
    "slow log": { what: "each commit waits a tenth of a second before it is written", comesTo: "failed" },
    "statements not counted": { what: "pg_stat_statements is not loaded", comesTo: "invalid" },
    "servers gone": { what: "two thirds of the object store's servers are stopped under load", comesTo: "failed" },
  },
  run,
};

async function run(room: Room, settings: Settings) {
  const network = new Network();
  try {
    await drill(room, settings, await prepare(room, settings, network));
  } finally {
    network.close();
  }
  const version = await mustRun(room, "postgres", ["--version"]);
  return { engines: { postgres: version.trim().split(" ").slice(2).join(" "), "object store": "minio" } };
}

async function drill(room: Room, settings: Settings, cluster: Cluster): Promise<void> {
  const { course } = room;
  const { database, objects }: Pick<DeclaredLoad, "database" | "objects"> = settings.load ?? {};
  const store = new ObjectStoreCluster(room, settings);
  await course.step(steps[0]!, async () => {
    await makeAll(cluster);
    await makeMessages(cluster, room.nonce);
    await store.prepare();
    await openBucket(store);
  });

  const rates = { database: database ?? unsaid.database, objects: objects ?? unsaid.objects };
  const knee = await proveDatabase(room, cluster, rates.database);
  const most = await proveObjects(room, store, rates.objects);

  await course.step(steps[6]!, async () => {
    course.proof("the store is the one that this drill filled", await holdsNonce(cluster, room), room.nonce);
    for (const [what, declared, borne] of [
      ["transactions", rates.database.perSecond, knee],
      ["objects", rates.objects.perSecond, most],
    ] as const) {
      const left = borne === 0 ? 0 : 1 - declared / borne;
      course.check(
        `${headroom * 100} % are left at the declared rate of ${what}`,
        left >= headroom,
        `${Math.round(left * 100)} %: ${declared}/s of ${borne}/s`,
      );
      course.measure(`headroom of ${what}`, left * 100, 1, "%");
    }
    const gibibyte = 1_073_741_824;
    const size = (parseQuantity(needed(settings, "postgres").spec.cluster.spec.storage.size) ?? 0) / gibibyte;
    const days = database?.gibibytes && headroomEndsAfterDays(database.gibibytes, size, headroom);
    if (days !== undefined)
      course.measure(`days until ${(1 - headroom) * 100} % of the database's disk are used`, days, 1, "days");
  });
}

/** The database's part; gives the knee in transactions a second. */
async function proveDatabase(
  { course, sabotage }: Room,
  cluster: Cluster,
  { perSecond, p95Ms }: { perSecond: number; p95Ms: number },
): Promise<number> {
  let index = 0;
  const run = async (rate: number, seconds: number): Promise<Ran> => {
    const ran = await runTransactions(cluster, { perSecond: rate, seconds }, index++);
    course.say(`database: ${rate}/s, P95 ${ran.p95Ms.toFixed(1)} ms, ${ran.done} done`);
    return ran;
  };
  const steady = await course.step(steps[1]!, async () => {
    course.moment("fault");
    const before = await diskWork(cluster);
    const ran = await run(perSecond, 20);
    const after = await diskWork(cluster);
    course.proof("transactions were made", ran.done > 0, `${ran.done} of ${perSecond * 20}`);
    course.check(
      "database: the declared rate is borne",
      isBorne(ran, p95Ms),
      `${perSecond}/s: P95 ${ran.p95Ms.toFixed(1)} ms (limit ${p95Ms}), ${ran.failed} failed`,
    );
    const syncs = after.syncs - before.syncs;
    course.measure("database: disk operations", (after.operations - before.operations) / ran.seconds, ran.done, "1/s");
    course.measure("database: log forced out", syncs / ran.seconds, ran.done, "1/s");
    if (syncs > 0) course.measure("database: one such", (after.syncMs - before.syncMs) / syncs, syncs, "ms");
    course.measure("database: log written", (after.bytes - before.bytes) / ran.seconds / 1_024, ran.done, "KiB/s");
    return ran;
  });
  course.measure("total", steady.done, steady.done, "transactions");
  course.measure("failed", steady.failed, steady.done, "transactions");
  if (Number.isFinite(steady.p95Ms)) course.measure("p95Ms", steady.p95Ms, steady.done, "ms");
  const knee = await course.step(steps[2]!, async () => {
    let borne = isBorne(steady, p95Ms) ? perSecond : 0;
    for (let rate = perSecond * 2; borne > 0 && rate <= mostPerSecond; rate *= 2) {
      if (!isBorne(await run(rate, 6), p95Ms)) break;
      borne = rate;
    }
    course.measure("database: the knee", borne, index, "1/s");
    return borne;
  });
  await course.step(steps[3]!, async () => {
    if (sabotage === "no fault") return;
    await forgetStatements(cluster);
    await run(Math.max(knee, perSecond), 6);
    const top = await topStatements(cluster);
    course.proof(
      "statements are counted",
      top.some(one => one.calls > 0),
      `${top.length} statements`,
    );
    for (const { text, calls, meanMs, share } of top)
      course.measure(`${(share * 100).toFixed(1)} % in ${text}`, meanMs, calls, "ms");
  });
  return knee;
}

/** The object store's part; gives the most objects a second that were borne. */
async function proveObjects(
  room: Room,
  store: ObjectStoreCluster,
  { perSecond, kibibytes, p95Ms }: { perSecond: number; kibibytes: number; p95Ms: number },
): Promise<number> {
  const { course, sabotage } = room;
  const limits = { p95Ms, errorRate: 0.005 };
  let index = 0;
  const run = async (rate: number, seconds: number) => {
    const scenario = { name: "objects", perSecond: rate, seconds };
    const done = await runObjects(room, store, scenario, kibibytes, index++);
    course.say(`objects: ${rate}/s of ${kibibytes} KiB, P95 ${done.p95Ms.toFixed(1)} ms, ${done.failed} failed`);
    return done;
  };
  const steady = await course.step(steps[4]!, async () => {
    if (sabotage === "servers gone")
      void pause(3_000).then(async () => {
        for (let server = 1; server < store.count; server++) await store.kill(server);
      });
    const done = await run(perSecond, 20);
    course.proof("objects were written and read", done.requests > 0, `${done.requests} requests`);
    course.check(
      "objects: the declared rate is borne",
      isServed(done, limits) && done.spoilt === 0,
      `${perSecond}/s: P95 ${done.p95Ms.toFixed(1)} ms (limit ${p95Ms}), ${done.failed} of ${done.requests} failed, ${done.spoilt} not as written`,
    );
    if (Number.isFinite(done.p95Ms)) course.measure("objects: P95", done.p95Ms, done.requests, "ms");
    course.measure("objects: throughput", (done.requests / 20) * (kibibytes / 1_024), done.requests, "MiB/s");
    return done;
  });
  return course.step(steps[5]!, async () => {
    let borne = isServed(steady, limits) ? perSecond : 0;
    for (let rate = perSecond * 2; borne > 0 && rate <= mostObjects; rate *= 2) {
      if (!isServed(await run(rate, 6), limits)) break;
      borne = rate;
    }
    course.measure("objects: the knee", borne, index, "1/s");
    if (borne > 0) course.proof("the store holds what was written", (await countObjects(store)) > 0, "by its own list");
    return borne;
  });
}
