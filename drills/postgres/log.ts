import type { Client } from "pg";
import type { Bucket } from "../bucket";
import { until } from "../servers";

/** How long the archive may take to have what it was given, in milliseconds. */
const archivedMs = 90_000;

/** Ends the piece of the log that is being written, so that it is archived. */
export const switchLog = (client: Client) => client.query("select pg_switch_wal()");

/** Waits until the archive has all of the log but the piece that is being written. */
export async function archived(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>("select pg_walfile_name(pg_current_wal_lsn()) as name");
  const current = rows[0]!.name;
  const isThere = await until(
    async () => {
      const seen = await client.query<{ last: string | null }>(
        "select last_archived_wal as last from pg_stat_archiver",
      );
      const last = seen.rows[0]!.last;
      // Names of log files sort as they follow each other.
      return last !== null && nextLog(last) >= current;
    },
    archivedMs,
    200,
  );
  if (!isThere) throw new Error(`the archive did not get what comes before ${current} in ${archivedMs / 1_000} s`);
}

/** The name of the log file after this one: 256 of 16 MiB to a group. */
function nextLog(name: string): string {
  const whole = BigInt(`0x${name.slice(8, 16)}`) * 256n + BigInt(`0x${name.slice(16, 24)}`) + 1n;
  const hex = (value: bigint) => value.toString(16).toUpperCase().padStart(8, "0");
  return name.slice(0, 8) + hex(whole / 256n) + hex(whole % 256n);
}

/** Takes the newest archived piece but one out of the bucket, all its versions: as if it had never come. */
export async function takeOutLog(bucket: Bucket, name: string, client: Client): Promise<void> {
  const { rows } = await client.query<{ last: string }>("select last_archived_wal as last from pg_stat_archiver");
  const listed = await bucket.mc(
    "find",
    `bucket/${bucket.name}/postgres/${name}/${name}/wals`,
    "--name",
    `${rows[0]!.last}*`,
  );
  const [file] = listed.stdout.trim().split("\n");
  const { code, stderr } = await bucket.mc("rm", "--versions", "--bypass", "--force", file!);
  if (!file || code !== 0) throw new Error(`the log could not be taken out of the bucket: ${stderr}`);
}
