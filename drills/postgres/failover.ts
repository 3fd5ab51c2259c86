import type { Drill, Room, Settings } from "../drill";
import { Network } from "../network";
import { answers, pause, until } from "../servers";
import type { Cluster, Name } from "./cluster";
import {
  byReceived,
  connectBy,
  follow,
  inStep,
  leads,
  makeAll,
  names,
  prepare,
  promote,
  rejoin,
  standbysOf,
} from "./cluster";
import { mustRun, postmaster } from "./server";
import type { Writers } from "./writers";
import { compareRows, prepareTable, startWriters } from "./writers";

const steps = [
  "start a primary and two standbys with the component's settings",
  "write under load, one standby behind",
  "kill the primary",
  "promote the standby that has most",
  "compare with what was acknowledged",
  "take the old primary back as a standby",
  "cut the primary off from everybody but one client",
  "promote on the other side",
  "compare again, both sides",
  "the old primary does not come back as a second one",
];

/** How long clients may have to wait until somebody takes their writes again, in milliseconds. */
const switchMs = 60_000;

/** S-128, S-129: PostgreSQL's primary is killed, then cut off; nothing that was confirmed may be lost, and never may two lead. */
export const failoverPostgres: Drill = {
  id: "failover postgres",
  title: "PostgreSQL's standbys take over without losing what was confirmed",
  kind: "failure drill",
  requirements: ["S-128", "S-129"],
  needs: ["postgres"],
  store: "postgres",
  steps,
  sabotages: {
    "no fault": { what: "the primary is not killed", comesTo: "invalid" },
    asynchronous: { what: "commits do not wait for a standby", comesTo: "failed" },
    "wrong standby": { what: "the standby that is behind is promoted", comesTo: "failed" },
    "old primary left alone": { what: "nobody fences the primary that was cut off", comesTo: "failed" },
  },
  run,
};

async function run(room: Room, settings: Settings) {
  const network = new Network();
  try {
    await drill(await prepare(room, settings, network));
  } finally {
    network.close();
  }
  const version = await mustRun(room, "postgres", ["--version"]);
  return { engines: { postgres: version.trim().split(" ").slice(2).join(" ") } };
}

async function drill(cluster: Cluster): Promise<void> {
  const { room, network } = cluster;
  const { course, sabotage } = room;
  let leader: Name = "one";
  const clients = (from: string) => () => connectBy(cluster, from, leader);

  await course.step(steps[0]!, async () => {
    await makeAll(cluster);
    const client = await cluster.servers.one!.connect();
    await prepareTable(client, room.nonce);
    await client.end();
  });

  const writers = startWriters(course, room.nonce, clients("clients"));
  await course.step(steps[1]!, async () => {
    await pause(2_500);
    // One standby is behind from here on: which of them is promoted matters.
    network.cut("three", "one");
    await pause(2_000);
  });

  const killedAt = await course.step(steps[2]!, async () => {
    const pid = postmaster(cluster.servers.one!.data);
    const at = course.moment("fault");
    if (sabotage !== "no fault") process.kill(pid, "SIGKILL");
    const isGone = await until(async () => !(await answers("127.0.0.1", cluster.ports.one)), 5_000, 20);
    course.proof("the primary is gone", isGone, `process ${pid}, port ${cluster.ports.one}`);
    return at;
  });
  const noticed = await until(() => writers.refused.some(one => one.atMs >= killedAt), 10_000, 20);
  course.proof("clients noticed", noticed, `${writers.refused.length} writes refused`);
  if (noticed) course.moment("detected");
  network.heal();

  const fromKill = course.now();
  await course.step(steps[3]!, async () => {
    const [most, least] = await byReceived(cluster, ["two", "three"]);
    course.proof("one standby had less than the other", most.bytes > least.bytes, `${most.bytes - least.bytes} bytes`);
    const chosen = sabotage === "wrong standby" ? least : most;
    await promote(cluster, chosen.name);
    leader = chosen.name;
    await follow(cluster, chosen === most ? least.name : most.name, leader);
  });
  await writtenAgain(cluster, writers, { faultAt: killedAt, from: fromKill, measure: "switchMs" });

  await course.step(steps[4]!, async () => {
    const promised = writers.acknowledged.filter(one => one.atMs < killedAt);
    course.proof(
      "it was written until the fault",
      promised.some(one => one.atMs > killedAt - 1_000),
      `${promised.length} rows`,
    );
    await compare(cluster, leader, promised, "after the kill");
  });

  await course.step(steps[5]!, async () => {
    await rejoin(cluster, "one", leader);
    const isBack = await inStep(cluster, "one", leader);
    course.check(
      "the old primary follows the new one",
      isBack,
      `standbys of ${leader}: ${await standbysOf(cluster, leader)}`,
    );
  });

  const old = leader;
  const cutAt = await course.step(steps[6]!, async () => {
    const at = course.moment("second fault");
    for (const name of [...names, "clients"]) if (name !== old) network.cut(old, name);
    return at;
  });
  // A client on the wrong side of the cut: it still reaches the old primary, and nobody else does.
  const stranded = startWriters(course, room.nonce, () => connectBy(cluster, "stranded", old), {
    count: 2,
    first: 100,
  });
  const fromCut = course.now();
  await course.step(steps[7]!, async () => {
    await pause(3_000);
    const [most, least] = await byReceived(
      cluster,
      names.filter(name => name !== old),
    );
    await promote(cluster, most.name);
    leader = most.name;
    await follow(cluster, least.name, leader);
  });
  await writtenAgain(cluster, writers, { faultAt: cutAt, from: fromCut, measure: "switchAfterCutMs" });
  await stranded.stop();
  await writers.stop();

  await course.step(steps[8]!, async () => {
    const seen = stranded.acknowledged.length;
    course.proof(
      "somebody wrote on the cut-off side",
      stranded.refused.length + seen > 0,
      `${stranded.refused.length} refused`,
    );
    course.check(
      "nothing is confirmed on the cut-off side",
      seen === 0,
      `${seen} confirmed, ${stranded.refused.length} refused`,
    );
    await compare(cluster, leader, writers.acknowledged, "after the cut");
    course.measure("total", writers.acknowledged.length, writers.acknowledged.length, "rows");
  });

  await course.step(steps[9]!, async () => {
    if (sabotage !== "old primary left alone") {
      // What the operator's isolation check does: a primary that reaches nobody stops.
      await cluster.servers[old]!.process.stop("SIGINT");
      network.heal();
      await rejoin(cluster, old, leader);
    } else network.heal();
    await pause(1_000);
    const leading = await Promise.all(names.map(async name => ((await leads(cluster, name)) ? name : undefined)));
    const all = leading.filter(Boolean);
    course.check("one leads, and one alone", all.length === 1 && all[0] === leader, `leading: ${all.join(", ")}`);
  });
}

/** Waits until clients' writes are confirmed again, and measures how long they were not. */
async function writtenAgain(
  cluster: Cluster,
  writers: Writers,
  { faultAt, from, measure }: { faultAt: number; from: number; measure: "switchMs" | "switchAfterCutMs" },
): Promise<void> {
  const { course } = cluster.room;
  const firstAfter = () => writers.acknowledged.find(one => one.atMs > from)?.atMs;
  const isBack = await until(() => firstAfter() !== undefined, switchMs, 20);
  const ms = (firstAfter() ?? course.now()) - faultAt;
  const [when, name] = measure === "switchMs" ? ["after the kill", "recovered"] : ["after the cut", "recovered again"];
  if (isBack) course.moment(name!);
  course.check(`clients write again within ${switchMs / 1_000} s ${when}`, isBack, `${Math.round(ms)} ms`);
  course.measure(measure, ms, 1, "ms");
}

async function compare(cluster: Cluster, leader: Name, promised: Writers["acknowledged"], when: string): Promise<void> {
  const { course, nonce } = cluster.room;
  const client = await cluster.servers[leader]!.connect();
  const { rows } = await client.query<{ nonce: string }>("select nonce from drill_nonce");
  course.proof(
    `it holds this drill's nonce ${when}`,
    rows.some(one => one.nonce === nonce),
    leader,
  );
  const seen = await compareRows(client, nonce, promised);
  await client.end();
  course.check(
    `nothing that was confirmed is lost ${when}`,
    seen.lost.length === 0,
    `${seen.lost.length} of ${promised.length}`,
  );
  course.check(`no row is another than was written ${when}`, seen.changed === 0, `${seen.changed} changed`);
  course.measure(when === "after the kill" ? "lostByKill" : "failed", seen.lost.length, promised.length, "rows");
}
