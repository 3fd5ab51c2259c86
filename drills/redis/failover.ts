import { RepairFailed } from "../course";
import type { Drill, Room, Settings } from "../drill";
import { pause, until } from "../servers";
import { RedisCluster } from "./cluster";
import type { Confirmed, RedisWriters } from "./writers";
import { lostBy, startRedisWriters } from "./writers";

const steps = [
  "start servers and sentinels by the component's scripts",
  "write, with and without waiting for a replica",
  "kill the primary's pod",
  "bring it back with empty hands",
  "freeze the primary",
  "bring the primary back at once, with empty hands",
  "cut the primary off from everybody but one client",
  "heal, and count what was confirmed",
  "start everything again, the first pod ahead and with empty hands",
  "start everything again, one pod alone with its data",
];

/** How long clients may have to wait for a new primary, in milliseconds: the sentinels' second try is in it. */
const switchMs = 60_000;
/** What the component's `min-replicas-max-lag` allows, and what it takes to notice, in milliseconds. */
const isolatedMs = 13_000;

/** S-128, S-129: the cache's primary is killed, frozen and cut off; sentinels agree on another, and what all replicas had is kept. */
export const failoverRedis: Drill = {
  id: "failover redis",
  title: "Redis' sentinels choose another primary, and nothing that all replicas had is lost",
  kind: "failure drill",
  requirements: ["S-128", "S-129"],
  needs: ["redis"],
  store: "redis",
  steps,
  sabotages: {
    "no fault": { what: "the primary's pod is not killed", comesTo: "invalid" },
    "no quorum to write": { what: "min-replicas-to-write is 0", comesTo: "failed" },
    "one sentinel": { what: "two of the three sentinels do not run when the primary is killed", comesTo: "failed" },
    "empty primary leads": { what: "a server leads whether it holds data or not", comesTo: "failed" },
  },
  run,
};

async function run(room: Room, settings: Settings) {
  const { sabotage } = room;
  const cluster = new RedisCluster(room, settings, {
    config: text =>
      sabotage === "no quorum to write" ? text.replace("min-replicas-to-write 1", "min-replicas-to-write 0") : text,
    script: text =>
      sabotage === "empty primary leads" ? text.replace("|| holds_data || others_hold_nothing", "|| true") : text,
  });
  try {
    await drill(room, cluster);
  } finally {
    cluster.close();
  }
  const { stdout } = await room.servers.run(cluster.program("server"), ["--version"]);
  return { engines: { redis: /v=(\S+)/.exec(stdout)?.[1] ?? stdout.trim() } };
}

async function drill(room: Room, cluster: RedisCluster): Promise<void> {
  const { course, sabotage } = room;
  await course.step(steps[0]!, async () => {
    await cluster.prepare();
    await cluster.start();
    const nonceKept = await cluster.ask(0, "set", ["drill:nonce", room.nonce]);
    course.proof("the nonce is written before anything is broken", nonceKept === "OK", String(nonceKept));
  });

  // Clients ask the sentinels, as they do in a cluster, and reach servers through the network.
  const toPrimary = async () => {
    const primary = await cluster.primary();
    return primary === undefined ? undefined : cluster.connect(primary, { straight: false });
  };
  const others = cluster.replicas - 1;
  const writers = startRedisWriters(course, room.nonce, toPrimary, { replicas: others });
  await course.step(steps[1]!, () => pause(3_000));

  const first = (await cluster.primary())!;
  const isGone = await course.step(steps[2]!, async () => {
    if (sabotage === "one sentinel")
      for (const [ordinal, sentinel] of cluster.sentinels.entries())
        if (ordinal !== first) await sentinel!.stop("SIGKILL");
    const at = course.moment("fault");
    if (sabotage !== "no fault") await cluster.killPod(first);
    const silent = (await cluster.ask(first, "ping")) === undefined;
    course.proof("the primary is gone", silent, `pod ${first}`);
    if (silent) await takenOver(cluster, writers, { from: first, at, name: "switchMs" });
    return silent;
  });
  // Without a fault there is nothing to come back from.
  if (!isGone) return writers.stop();
  const second = (await cluster.primary()) ?? first;
  await accountFor(cluster, second, writers.confirmed, "after the kill");

  await course.step(steps[3]!, async () => {
    const before = Number(await cluster.ask(second, "dbsize"));
    cluster.emptyData(first);
    cluster.startPods([first]);
    const isBack = await until(async () => (await cluster.roleOf(first)) === "slave", 30_000);
    course.check("the one that comes back empty follows", isBack, `role ${(await cluster.roleOf(first)) ?? "none"}`);
    const after = Number(await cluster.ask(second, "dbsize"));
    course.check("it wipes nobody", after >= before, `${before} keys before, ${after} after`);
    await cluster.isWhole();
  });

  const frozen = await course.step(steps[4]!, async () => {
    const from = (await cluster.primary()) ?? second;
    const at = course.moment("second fault");
    cluster.freezePod(from);
    const isSilent = (await cluster.ask(from, "ping")) === undefined;
    course.proof("the frozen primary is silent", isSilent, `pod ${from}`);
    await takenOver(cluster, writers, { from, at, name: "switchAfterFreezeMs" });
    cluster.thawPod(from);
    await followsAgain(cluster, from, "the thawed one");
    return (await cluster.primary()) ?? from;
  });
  await accountFor(cluster, frozen, writers.confirmed, "after the freeze");

  const third = await course.step(steps[5]!, async () => {
    const from = (await cluster.primary()) ?? frozen;
    const at = course.moment("third fault");
    await cluster.servers[from]!.stop("SIGKILL");
    cluster.emptyData(from);
    cluster.startServer(from);
    const isUnnoticed = (await cluster.primary()) === from;
    course.proof("nobody noticed that the primary was away", isUnnoticed, `pod ${from}`);
    await takenOver(cluster, writers, { from, at, name: "switchAfterLossMs" });
    await followsAgain(cluster, from, "the one that lost its data");
    return (await cluster.primary()) ?? from;
  });
  await accountFor(cluster, third, writers.confirmed, "after the loss");

  const cutAt = course.moment("fourth fault");
  const stranded = await course.step(steps[6]!, async () => {
    for (const other of cluster.ordinals.map(String).concat("clients"))
      if (other !== String(third)) cluster.network.cut(String(third), other);
    const alone = startRedisWriters(course, room.nonce, async () => cluster.connect(third), {
      ...{ replicas: others, count: 3, first: 99 },
    });
    await takenOver(cluster, writers, { from: third, at: cutAt, name: "switchAfterCutMs" });
    // Longer than the component lets a primary without replicas go on.
    await pause(Math.max(0, cutAt + isolatedMs + 3_000 - course.now()));
    await alone.stop();
    return alone;
  });
  await writers.stop();

  await course.step(steps[7]!, async () => {
    const leader = (await cluster.primary()) ?? third;
    cluster.network.heal();
    await followsAgain(cluster, third, "the one that was cut off");
    const late = stranded.confirmed.filter(one => one.atMs > cutAt + isolatedMs);
    course.proof(
      "somebody wrote on the cut-off side",
      stranded.confirmed.length + stranded.refused.length > 0,
      `${stranded.confirmed.length} confirmed, ${stranded.refused.length} refused`,
    );
    course.check(
      `the cut-off primary confirms nothing after ${isolatedMs / 1_000} s`,
      late.length === 0,
      `${late.length} confirmed later`,
    );
    await accountFor(cluster, leader, [...writers.confirmed, ...stranded.confirmed], "after the cut");
    const roles = await Promise.all(cluster.ordinals.map(cluster.roleOf));
    course.check("one leads, and one alone", roles.filter(role => role === "master").length === 1, roles.join(", "));
  });

  // Its sentinel knows nothing either, and the others' are late: nobody may follow one that holds nothing.
  await course.step(steps[8]!, () =>
    afterOutage(cluster, [0], async () => {
      cluster.startPods([0]);
      await pause(6_000);
      cluster.ordinals.slice(1).forEach(cluster.startServer);
      await pause(8_000);
      cluster.ordinals.slice(1).forEach(cluster.startSentinel);
    }),
  );
  await course.step(steps[9]!, async () => {
    const leader = (await cluster.primary()) ?? 0;
    const left = (leader + 1) % cluster.replicas;
    const lost = cluster.ordinals.filter(one => one !== left);
    await afterOutage(cluster, lost, async () => cluster.startPods(cluster.ordinals));
  });
  course.measure("total", writers.confirmed.length, writers.confirmed.length, "writes");
}

/** Waits until a pod is a replica again, and all are in step. */
async function followsAgain(cluster: RedisCluster, ordinal: number, who: string): Promise<void> {
  const follows = await until(async () => (await cluster.roleOf(ordinal)) === "slave", 60_000);
  const role = (await cluster.roleOf(ordinal)) ?? "none";
  cluster.room.course.check(`${who} follows`, follows && (await cluster.isWhole()), `role ${role}`);
}

/** Kills every pod at once, takes what some had, and has them started again: what is left anywhere has to be there at last. */
async function afterOutage(cluster: RedisCluster, emptied: number[], start: () => Promise<void>): Promise<void> {
  const { course, nonce } = cluster.room;
  const when = `after everything was down, ${emptied.length} of ${cluster.replicas} with empty hands`;
  const before = Number(await cluster.ask((await cluster.primary()) ?? 0, "dbsize"));
  course.moment("outage");
  await Promise.all(cluster.ordinals.map(one => cluster.killPod(one)));
  emptied.forEach(cluster.emptyPod);
  await start();
  const isWhole = await cluster.isWhole(180_000);
  const now = (await cluster.primary()) ?? 0;
  const after = Number(await cluster.ask(now, "dbsize"));
  course.check(`all are in step ${when}`, isWhole, `primary ${now}`);
  course.check(`nothing is gone ${when}`, after >= before, `${before} keys before, ${after} after`);
  const found = await cluster.ask(now, "get", ["drill:nonce"]);
  course.proof(
    `what came back holds this drill's nonce ${when}`,
    found === nonce || after < before || before === 0,
    String(found),
  );
}

/** Waits until another than the old one leads and takes clients' writes; measures how long they had none. */
async function takenOver(
  cluster: RedisCluster,
  writers: RedisWriters,
  { from, at, name }: { from: number; at: number; name: string },
): Promise<void> {
  const { course } = cluster.room;
  const isOther = await until(async () => ![undefined, from].includes(await cluster.primary()), switchMs, 100);
  if (!isOther)
    throw new RepairFailed(
      `nobody took over from pod ${from} in ${switchMs / 1_000} s: ${cluster.logOf((from + 1) % cluster.replicas, "sentinel").slice(-200)}`,
    );
  const agreedAt = course.now();
  const firstAfter = () => writers.confirmed.find(one => one.atMs > at + 500)?.atMs;
  const isBack = await until(() => writers.confirmed.some(one => one.atMs > agreedAt), switchMs, 20);
  const ms = (firstAfter() ?? course.now()) - at;
  course.check(`another takes over within ${switchMs / 1_000} s (${name})`, isBack, `${Math.round(ms)} ms`);
  course.measure(name, ms, 1, "ms");
}

/** What all replicas had has to be there; what fewer had is counted. */
async function accountFor(
  cluster: RedisCluster,
  leader: number,
  promised: readonly Confirmed[],
  when: string,
): Promise<void> {
  const { course } = cluster.room;
  const client = cluster.connect(leader);
  try {
    const { lost, changed } = await lostBy(client, promised);
    const by = (all: readonly Confirmed[], waited: number) => all.filter(one => one.waited === waited).length;
    const others = cluster.replicas - 1;
    const [gone, all] = [by(lost, others), by(promised, others)];
    course.proof(`somebody waited for all replicas ${when}`, all > 0, `${all} writes`);
    course.check(`nothing that all replicas had is lost ${when}`, gone === 0, `${gone} of ${all}`);
    course.check(`nothing is another than was written ${when}`, changed === 0, `${changed} changed`);
    // Redis promises no more of these; how many there are is what an application has to be able to live with.
    course.measure(`lost of those that waited for one ${when}`, by(lost, 1), by(promised, 1), "writes");
    course.measure(`lost of those that did not wait ${when}`, by(lost, 0), by(promised, 0), "writes");
    if (when === "after the cut") course.measure("failed", gone, all, "writes");
  } finally {
    client.disconnect();
  }
}
