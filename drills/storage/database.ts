import * as fs from "node:fs";
import * as path from "node:path";
import type { Client } from "pg";
import { percentile } from "../../model/percentile";
import type { Room } from "../drill";
import type { Cluster } from "../postgres/cluster";
import { asUser } from "../postgres/server";

/** A stretch of transactions: so many a second, for so long. */
export interface Stretch {
  perSecond: number;
  seconds: number;
}

/** What a stretch came to. */
export interface Ran extends Stretch {
  done: number;
  failed: number;
  /** From when a transaction was due to when it was confirmed. */
  p95Ms: number;
}

/** The transactions of the reference service: a message written, and the latest read, one to four. */
const scripts = {
  write: `\\set author random(1, 1000)
insert into drill_messages(author, content) values (:author, repeat('a message ', 20));
`,
  read: `\\set author random(1, 1000)
select id, content, at from drill_messages where author = :author order by at desc limit 20;
`,
};
const shares = { write: 1, read: 4 };

/** Does something with a connection to the primary, which is closed afterwards. */
async function withPrimary<T>({ servers }: Cluster, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await servers.one!.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function makeMessages(cluster: Cluster, nonce: string): Promise<void> {
  await withPrimary(cluster, async client => {
    await client.query("create extension if not exists pg_stat_statements");
    await client.query("create table drill_nonce (nonce text primary key)");
    await client.query("insert into drill_nonce values ($1)", [nonce]);
    await client.query(
      "create table drill_messages (id bigserial primary key, author int not null, content text not null, at timestamptz not null default now())",
    );
    await client.query("create index on drill_messages (author, at desc)");
    await client.query(
      "insert into drill_messages(author, content) select g % 1000 + 1, repeat('a message ', 20) from generate_series(1, 50000) g",
    );
    await client.query("analyze drill_messages");
  });
}

/** Runs pgbench at a rate and reads its log: one line a transaction, its latency with what it was late. */
export async function runTransactions(
  { room, ports }: Cluster,
  { perSecond, seconds }: Stretch,
  index: number,
): Promise<Ran> {
  const dir = path.join(room.dir, `pgbench-${index}`);
  fs.mkdirSync(dir);
  const files = Object.entries(scripts).map(([name, text]) => {
    const file = path.join(dir, `${name}.sql`);
    fs.writeFileSync(file, text);
    return `${file}@${shares[name as keyof typeof shares]}`;
  });
  const args = [
    ...["--no-vacuum", "--host", "127.0.0.1", "--port", String(ports.one), "--username", "postgres"],
    ...["--client", "16", "--jobs", "2", "--time", String(seconds), "--rate", String(perSecond), "--random-seed", "1"],
    ...["--log", "--log-prefix", path.join(dir, "log"), ...files.flatMap(file => ["--file", file]), "postgres"],
  ];
  const program = path.join(room.programs.postgres, "pgbench");
  const nothing = { perSecond, seconds, done: 0, failed: 0, p95Ms: Infinity };
  if (room.sabotage === "no fault") return nothing;
  const { code, stdout, stderr } = await room.servers.run(...asUser(program, args), {
    env: { PGSSLMODE: "require" },
    timeoutMs: (seconds + 60) * 1_000,
  });
  const failed = Number(/number of failed transactions: (\d+)/.exec(stdout)?.[1] ?? 0);
  const late = latenciesIn(dir);
  if (late.length === 0) throw new Error(`pgbench ended with ${code} and no log: ${stderr.trim().slice(-300)}`);
  return {
    perSecond,
    seconds,
    done: late.length,
    failed: failed + (code === 0 ? 0 : 1),
    p95Ms: percentile(late, 0.95),
  };
}

/** Latencies in milliseconds, of when each was due: with a rate pgbench's own begins at the schedule, and names the lag besides. */
function latenciesIn(dir: string): number[] {
  return fs
    .readdirSync(dir)
    .filter(name => name.startsWith("log."))
    .flatMap(name => fs.readFileSync(path.join(dir, name), "utf8").split("\n"))
    .flatMap(line => {
      // client, transaction, latency in microseconds, script, seconds, microseconds, lag
      const latency = Number(line.split(" ")[2]);
      return Number.isFinite(latency) && line !== "" ? [latency / 1_000] : [];
    });
}

/** Whether a stretch was borne: nothing failed, what was asked for was done, and in time. */
export const isBorne = (one: Ran, p95Ms: number): boolean =>
  one.failed === 0 && one.done >= one.perSecond * one.seconds * 0.9 && one.p95Ms < p95Ms;

/** What the store did to its disks, summed since it was started. */
export interface DiskWork {
  /** Log written and forced out, and data files read and written, in operations. */
  operations: number;
  syncs: number;
  syncMs: number;
  bytes: number;
}

export async function diskWork(cluster: Cluster): Promise<DiskWork> {
  return withPrimary(cluster, async client => {
    const { rows } = await client.query<Record<"operations" | "syncs" | "sync_ms" | "bytes", string>>(
      `select wal_write + wal_sync
          + (select buffers_checkpoint + buffers_clean + buffers_backend from pg_stat_bgwriter)
          + (select sum(blks_read) from pg_stat_database) as operations,
        wal_sync as syncs, wal_sync_time as sync_ms, wal_bytes as bytes
      from pg_stat_wal`,
    );
    const { operations, syncs, sync_ms: syncMs, bytes } = rows[0]!;
    return { operations: Number(operations), syncs: Number(syncs), syncMs: Number(syncMs), bytes: Number(bytes) };
  });
}

/** Forgets what statements took so far. */
export async function forgetStatements(cluster: Cluster): Promise<void> {
  await withPrimary(cluster, async client => {
    await client.query("select pg_stat_statements_reset()");
  });
}

/** A statement with its share of all time spent in statements. */
export interface Statement {
  text: string;
  calls: number;
  meanMs: number;
  share: number;
}

/** S-140: the ten statements in which most time went. */
export async function topStatements(cluster: Cluster): Promise<Statement[]> {
  return withPrimary(cluster, async client => {
    const { rows } = await client.query<{ query: string; calls: string; mean: number; share: number }>(
      `select query, calls, mean_exec_time as mean, total_exec_time / nullif(sum(total_exec_time) over (), 0) as share
      from pg_stat_statements order by total_exec_time desc limit 10`,
    );
    return rows.map(({ query, calls, mean, share }) => ({
      ...{
        text: query.replace(/\s+/g, " ").trim().slice(0, 80),
        calls: Number(calls),
        meanMs: mean,
        share: share ?? 0,
      },
    }));
  });
}

/** Whether the nonce of this drill is what the store holds. */
export async function holdsNonce(cluster: Cluster, { nonce }: Room): Promise<boolean> {
  return withPrimary(cluster, async client => {
    const { rows } = await client.query<{ nonce: string }>("select nonce from drill_nonce");
    return rows.length === 1 && rows[0]!.nonce === nonce;
  });
}
