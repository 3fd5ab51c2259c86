import type { Client } from "pg";
import type { Room, Settings } from "../drill";
import { needed } from "../drill";
import { runScript } from "./archive";
import type { PostgresServer } from "./server";

/** Rows of ballast: enough that the restore's rate is the disk's and not the start's. */
const ballastRows = 200_000;

/** The application's database and its owner, as CloudNativePG's bootstrap makes them. */
export async function makeDatabase(server: PostgresServer, name: string): Promise<void> {
  const client = await server.connect();
  await client.query(`create role "${name}" login`);
  await client.query(`create database "${name}" owner "${name}"`);
  await client.end();
}

/** When the nonce was written, by the server's own clock. */
export async function nonceAge(client: Client, nonce: string): Promise<string> {
  const { rows } = await client.query<{ at: string }>("select at::text from drill_nonce where nonce = $1", [nonce]);
  return `written at ${rows[0]!.at}`;
}

/** Ballast, so that there is something to restore; gives its bytes. */
export async function fill(client: Client): Promise<number> {
  await client.query(
    `create table drill_ballast as select g, repeat(md5(g::text), 16) as content from generate_series(1, ${ballastRows}) g`,
  );
  const { rows } = await client.query<{ size: string }>("select pg_total_relation_size('drill_ballast') as size");
  return Number(rows[0]!.size);
}

/** Bytes of all databases. */
export async function sizeOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ size: string }>("select sum(pg_database_size(oid)) as size from pg_database");
  return Number(rows[0]!.size);
}

/** The component's own heartbeat, run as its CronJob runs it. */
export async function beat(room: Room, settings: Settings, server: PostgresServer): Promise<void> {
  const { spec, args } = needed(settings, "postgres");
  const [container] = spec.heartbeat.spec.jobTemplate.spec.template.spec.containers;
  const database = args.database ?? "app";
  const URI = `postgresql://${database}@127.0.0.1:${server.port}/${database}`;
  const { code, stderr } = await runScript(room, container!.command[2]!, { URI, NONCE: room.nonce });
  if (code !== 0) throw new Error(`the heartbeat failed: ${stderr.trim().slice(-300)}`);
}
