import * as fs from "node:fs";
import * as path from "node:path";
import { RepairFailed } from "../course";
import type { Drill, Room, Settings } from "../drill";
import { needed } from "../drill";
import { Network } from "../network";
import { answers, freePort, pause, until } from "../servers";
import type { Certificates } from "../tls";
import { makeCertificates } from "../tls";
import type { PostgresServer } from "./server";
import {
  admit,
  configure,
  hostSettings,
  initialise,
  mustRun,
  postgresProgram,
  postmaster,
  startPostgres,
  tail,
} from "./server";
import type { Writers } from "./writers";
import { compareRows, prepareTable, startWriters } from "./writers";

const names = ["one", "two", "three"] as const;
type Name = (typeof names)[number];

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

interface Cluster {
  room: Room;
  settings: Settings;
  network: Network;
  tls: Certificates;
  /** Ports of the servers themselves. */
  ports: Record<Name, number>;
  /** Ports by which one reaches another. */
  ways: Record<string, number>;
  servers: Partial<Record<Name, PostgresServer>>;
}

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

async function prepare(room: Room, settings: Settings, network: Network): Promise<Cluster> {
  const tls = await makeCertificates(room.servers, ["postgres"], ["127.0.0.1"]);
  const ports = { one: await freePort(), two: await freePort(), three: await freePort() };
  const ways: Record<string, number> = {};
  for (const to of names)
    for (const from of [...names, "clients", "stranded"])
      if (from !== to) ways[`${from} ${to}`] = await network.open(from, to, { host: "127.0.0.1", port: ports[to] });
  return { room, settings, network, tls, ports, ways, servers: {} };
}

async function drill(cluster: Cluster): Promise<void> {
  const { room, network } = cluster;
  const { course, sabotage } = room;
  let leader: Name = "one";
  const clients = (from: string) => () => connectBy(cluster, from, leader);

  await course.step(steps[0]!, async () => {
    await makePrimary(cluster, "one");
    for (const name of ["two", "three"] as const) await makeStandby(cluster, name, "one");
    const isInStep = await until(async () => (await standbysOf(cluster, "one")) === 2, 30_000);
    if (!isInStep) throw new Error(`the standbys did not follow: ${tail(cluster.servers.two!.process.log)}`);
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

/** Settings by which each instance waits for others: those of the component's `synchronous`, as CloudNativePG writes them. */
function synchronous({ room, settings }: Cluster, name: Name): string {
  const { method, number } = needed(settings, "postgres").spec.cluster.spec.postgresql.synchronous;
  if (room.sabotage === "asynchronous") return "";
  const others = names.filter(one => one !== name).map(one => `"${one}"`);
  return `${method.toUpperCase()} ${number} (${others.join(", ")})`;
}

const dataOf = ({ room }: Cluster, name: Name): string => path.join(room.dir, name);
const settingsFor = (cluster: Cluster, name: Name): Record<string, string> => ({
  ...needed(cluster.settings, "postgres").spec.cluster.spec.postgresql.parameters,
  ...hostSettings(cluster.room, cluster.tls),
  synchronous_standby_names: synchronous(cluster, name),
  cluster_name: name,
  // CloudNativePG's own: enough log is kept for one that comes back, and a dead connection is noticed.
  wal_keep_size: "512MB",
  wal_receiver_timeout: "5s",
  wal_sender_timeout: "5s",
});

async function start(cluster: Cluster, name: Name): Promise<void> {
  const { room, tls, ports } = cluster;
  cluster.servers[name] = await startPostgres(room, name, dataOf(cluster, name), { port: ports[name], tls });
}

async function makePrimary(cluster: Cluster, name: Name): Promise<void> {
  const data = dataOf(cluster, name);
  await initialise(cluster.room, data);
  admit(data, needed(cluster.settings, "postgres").spec.cluster.spec.postgresql.pg_hba);
  // While it is alone nobody could confirm anything.
  configure(data, { ...settingsFor(cluster, name), synchronous_standby_names: "" });
  await start(cluster, name);
}

const source = (cluster: Cluster, name: Name, from: Name): string =>
  `host=127.0.0.1 port=${cluster.ways[`${name} ${from}`]} user=postgres sslmode=require application_name=${name} connect_timeout=3`;

async function makeStandby(cluster: Cluster, name: Name, from: Name): Promise<void> {
  const data = dataOf(cluster, name);
  await mustRun(cluster.room, "pg_basebackup", [
    "-D",
    data,
    "-d",
    source(cluster, name, from),
    "-X",
    "stream",
    "-c",
    "fast",
  ]);
  follows(cluster, name, from);
  await start(cluster, name);
  if (name !== "three") return;
  const client = await cluster.servers[from]!.connect();
  await client.query(`alter system set synchronous_standby_names = '${synchronous(cluster, from)}'`);
  await client.query("select pg_reload_conf()");
  await client.end();
}

/** Makes a folder that of a standby. */
function follows(cluster: Cluster, name: Name, from: Name): void {
  const data = dataOf(cluster, name);
  configure(data, { ...settingsFor(cluster, name), primary_conninfo: source(cluster, name, from) });
  fs.writeFileSync(path.join(data, "standby.signal"), "");
}

/** A standby that runs is told whom to follow from now on. */
async function follow(cluster: Cluster, name: Name, from: Name): Promise<void> {
  const client = await cluster.servers[name]!.connect();
  await client.query(`alter system set primary_conninfo = '${source(cluster, name, from)}'`);
  await client.query("select pg_reload_conf()");
  await client.end();
}

async function promote(cluster: Cluster, name: Name): Promise<void> {
  const { code, stderr, stdout } = await postgresProgram(cluster.room, "pg_ctl", [
    "-D",
    dataOf(cluster, name),
    "-w",
    "promote",
  ]);
  if (code !== 0) throw new RepairFailed(`${name} could not be promoted: ${(stderr || stdout).trim()}`);
}

/** A server that led comes back as a standby: what it alone had is wound back. */
async function rejoin(cluster: Cluster, name: Name, leader: Name): Promise<void> {
  const data = dataOf(cluster, name);
  // Until a checkpoint the new primary's control file tells the old timeline, and nothing would be wound back.
  const client = await cluster.servers[leader]!.connect();
  await client.query("checkpoint");
  await client.end();
  const from = `${source(cluster, name, leader)} dbname=postgres`;
  const { code, stderr } = await postgresProgram(cluster.room, "pg_rewind", [
    "--target-pgdata",
    data,
    "--source-server",
    from,
  ]);
  if (code !== 0) throw new RepairFailed(`${name} could not be wound back: ${stderr.trim().slice(-300)}`);
  follows(cluster, name, leader);
  await start(cluster, name);
}

async function ask<T>(cluster: Cluster, name: Name, query: string): Promise<T | undefined> {
  try {
    const client = await cluster.servers[name]!.connect();
    try {
      const { rows } = await client.query<{ value: T }>(query);
      return rows[0]!.value;
    } finally {
      await client.end();
    }
  } catch {
    return undefined;
  }
}

const standbysOf = async (cluster: Cluster, name: Name): Promise<number> =>
  Number(
    (await ask<string>(cluster, name, "select count(*) as value from pg_stat_replication where state = 'streaming'")) ??
      0,
  );

/** Whether a standby gets as far as its primary is now; one that only connects again and again does not. */
async function inStep(cluster: Cluster, name: Name, leader: Name): Promise<boolean> {
  const at = await ask<string>(cluster, leader, "select pg_current_wal_lsn() as value");
  const query = `select count(*) as value from pg_stat_replication where application_name = '${name}' and replay_lsn >= '${at}'`;
  return until(async () => Number(await ask<string>(cluster, leader, query)) === 1, 30_000);
}

const leads = async (cluster: Cluster, name: Name): Promise<boolean> =>
  (await ask<boolean>(cluster, name, "select not pg_is_in_recovery() as value")) === true;

interface Received {
  name: Name;
  /** How far its log goes. */
  bytes: number;
}

/** Two standbys, the one whose log goes further first. */
async function byReceived(cluster: Cluster, two: readonly Name[]): Promise<[most: Received, least: Received]> {
  const query = "select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0') as value";
  const all = await Promise.all(
    two.map(async name => ({ name, bytes: Number((await ask<string>(cluster, name, query)) ?? 0) })),
  );
  const [most, least] = all.sort((a, b) => b.bytes - a.bytes);
  return [most!, least!];
}

async function connectBy(cluster: Cluster, from: string, to: Name) {
  const way = { ...cluster.servers[to]! };
  const { Client } = await import("pg");
  const client = new Client({
    ...{ host: "127.0.0.1", port: cluster.ways[`${from} ${to}`]!, user: "postgres", database: "postgres" },
    ssl: { ca: fs.readFileSync(cluster.tls.authority, "utf8") },
    connectionTimeoutMillis: 1_500,
    application_name: `${from} of ${way.name}`,
  });
  client.on("error", () => undefined);
  await client.connect();
  return client;
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
