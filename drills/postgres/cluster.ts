import * as fs from "node:fs";
import * as path from "node:path";
import { Client } from "pg";
import { RepairFailed } from "../course";
import type { Room, Settings } from "../drill";
import { needed } from "../drill";
import type { Network } from "../network";
import { freePort, until } from "../servers";
import type { Certificates } from "../tls";
import { makeCertificates } from "../tls";
import type { PostgresServer } from "./server";
import { admit, configure, hostSettings, initialise, mustRun, postgresProgram, startPostgres, tail } from "./server";

export const names = ["one", "two", "three"] as const;
export type Name = (typeof names)[number];

/** A primary and its standbys, each reached by the others through the drill's network. */
export interface Cluster {
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

/** Ports, certificates and ways; nothing runs yet. */
export async function prepare(room: Room, settings: Settings, network: Network): Promise<Cluster> {
  const tls = await makeCertificates(room.servers, ["postgres"], ["127.0.0.1"]);
  const ports = { one: await freePort(), two: await freePort(), three: await freePort() };
  const ways: Record<string, number> = {};
  for (const to of names)
    for (const from of [...names, "clients", "stranded"])
      if (from !== to) ways[`${from} ${to}`] = await network.open(from, to, { host: "127.0.0.1", port: ports[to] });
  return { room, settings, network, tls, ports, ways, servers: {} };
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
  // CloudNativePG loads the library as soon as one of its settings is there.
  ...(cluster.room.sabotage === "statements not counted" ? {} : { shared_preload_libraries: "pg_stat_statements" }),
  ...(cluster.room.sabotage === "slow log" ? { commit_delay: "100000", commit_siblings: "0" } : {}),
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

/** A new cluster of databases that leads. */
export async function makePrimary(cluster: Cluster, name: Name): Promise<void> {
  const data = dataOf(cluster, name);
  await initialise(cluster.room, data);
  admit(data, needed(cluster.settings, "postgres").spec.cluster.spec.postgresql.pg_hba);
  // While it is alone nobody could confirm anything.
  configure(data, { ...settingsFor(cluster, name), synchronous_standby_names: "" });
  await start(cluster, name);
}

const source = (cluster: Cluster, name: Name, from: Name): string =>
  `host=127.0.0.1 port=${cluster.ways[`${name} ${from}`]} user=postgres sslmode=require application_name=${name} connect_timeout=3`;

/** A copy of a primary that follows it; with the last one, commits begin to wait for others. */
export async function makeStandby(cluster: Cluster, name: Name, from: Name): Promise<void> {
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

/** A primary with two standbys that follow it. */
export async function makeAll(cluster: Cluster): Promise<void> {
  await makePrimary(cluster, "one");
  for (const name of ["two", "three"] as const) await makeStandby(cluster, name, "one");
  const isInStep = await until(async () => (await standbysOf(cluster, "one")) === 2, 30_000);
  if (!isInStep) throw new Error(`the standbys did not follow: ${tail(cluster.servers.two!.process.log)}`);
}

/** Makes a folder that of a standby. */
function follows(cluster: Cluster, name: Name, from: Name): void {
  const data = dataOf(cluster, name);
  configure(data, { ...settingsFor(cluster, name), primary_conninfo: source(cluster, name, from) });
  fs.writeFileSync(path.join(data, "standby.signal"), "");
}

/** A standby that runs is told whom to follow from now on. */
export async function follow(cluster: Cluster, name: Name, from: Name): Promise<void> {
  const client = await cluster.servers[name]!.connect();
  await client.query(`alter system set primary_conninfo = '${source(cluster, name, from)}'`);
  await client.query("select pg_reload_conf()");
  await client.end();
}

/** Makes a standby lead. */
export async function promote(cluster: Cluster, name: Name): Promise<void> {
  const { code, stderr, stdout } = await postgresProgram(cluster.room, "pg_ctl", [
    "-D",
    dataOf(cluster, name),
    "-w",
    "promote",
  ]);
  if (code !== 0) throw new RepairFailed(`${name} could not be promoted: ${(stderr || stdout).trim()}`);
}

/** A server that led comes back as a standby: what it alone had is wound back. */
export async function rejoin(cluster: Cluster, name: Name, leader: Name): Promise<void> {
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

/** One value that a server gives; undefined where it does not answer. */
export async function ask<T>(cluster: Cluster, name: Name, query: string): Promise<T | undefined> {
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

/** How many standbys stream from a server. */
export const standbysOf = async (cluster: Cluster, name: Name): Promise<number> =>
  Number(
    (await ask<string>(cluster, name, "select count(*) as value from pg_stat_replication where state = 'streaming'")) ??
      0,
  );

/** Whether a standby gets as far as its primary is now; one that only connects again and again does not. */
export async function inStep(cluster: Cluster, name: Name, leader: Name): Promise<boolean> {
  const at = await ask<string>(cluster, leader, "select pg_current_wal_lsn() as value");
  const query = `select count(*) as value from pg_stat_replication where application_name = '${name}' and replay_lsn >= '${at}'`;
  return until(async () => Number(await ask<string>(cluster, leader, query)) === 1, 30_000);
}

/** Whether a server takes writes. */
export const leads = async (cluster: Cluster, name: Name): Promise<boolean> =>
  (await ask<boolean>(cluster, name, "select not pg_is_in_recovery() as value")) === true;

/** How much of the log a standby has. */
export interface Received {
  name: Name;
  /** How far its log goes. */
  bytes: number;
}

/** Two standbys, the one whose log goes further first. */
export async function byReceived(cluster: Cluster, two: readonly Name[]): Promise<[most: Received, least: Received]> {
  const query = "select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0') as value";
  const all = await Promise.all(
    two.map(async name => ({ name, bytes: Number((await ask<string>(cluster, name, query)) ?? 0) })),
  );
  const [most, least] = all.sort((a, b) => b.bytes - a.bytes);
  return [most!, least!];
}

/** A connection by the way that somebody has to a server. */
export async function connectBy(cluster: Cluster, from: string, to: Name) {
  const way = { ...cluster.servers[to]! };
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
