import { createHash } from "node:crypto";
import type { Client } from "pg";
import type { Course } from "../course";
import { pause } from "../servers";

/** A row that the server has confirmed. */
export interface Acknowledged {
  writer: number;
  number: number;
  hash: string;
  /** Milliseconds since the drill began. */
  atMs: number;
}

/** Clients that write without pause and remember what they were promised. */
export interface Writers {
  acknowledged: Acknowledged[];
  /** Writes that ended in an error or in nothing, with when. */
  refused: { atMs: number; reason: string }[];
  stop: () => Promise<void>;
}

export const rowHash = (nonce: string, writer: number, number: number): string =>
  createHash("sha256").update(`${nonce} ${writer} ${number}`).digest("hex");

/** Makes the table that writers fill, and the row that says when and by which nonce it began. */
export async function prepareTable(client: Client, nonce: string): Promise<void> {
  await client.query(
    "create table drill_rows (writer int, number int, nonce text, hash text, at timestamptz default clock_timestamp(), primary key (writer, number))",
  );
  await client.query("create table drill_nonce (nonce text primary key, at timestamptz default clock_timestamp())");
  await client.query("insert into drill_nonce (nonce) values ($1)", [nonce]);
}

/**
 * Starts writers, each on a connection of its own; one that breaks is made again, to wherever clients are sent then.
 * @param connect to the server that clients are sent to now
 * @param first number of the first of them
 * @param writeMs how long a writer waits for an answer
 */
export function startWriters(
  course: Course,
  nonce: string,
  connect: () => Promise<Client>,
  { count = 4, first = 0, everyMs = 4, writeMs = 3_000 } = {},
): Writers {
  let isOver = false;
  const acknowledged: Acknowledged[] = [];
  const refused: Writers["refused"] = [];
  const write = async (writer: number): Promise<void> => {
    let client: Client | undefined;
    // A number is never used again: a write without an answer may have been taken all the same.
    for (let number = 1; !isOver; number++) {
      try {
        client ??= await connect();
        const hash = rowHash(nonce, writer, number);
        const insert = client.query("insert into drill_rows (writer, number, nonce, hash) values ($1, $2, $3, $4)", [
          writer,
          number,
          nonce,
          hash,
        ]);
        await inTime(insert, writeMs);
        acknowledged.push({ writer, number, hash, atMs: course.now() });
        await pause(everyMs);
      } catch (error) {
        if (isOver) break;
        refused.push({ atMs: course.now(), reason: (error as Error).message });
        drop(client);
        client = undefined;
        await pause(50);
      }
    }
    drop(client);
  };
  const all = Array.from({ length: count }, (_, index) => write(first + index));
  return {
    acknowledged,
    refused,
    stop: async () => {
      isOver = true;
      await Promise.all(all);
    },
  };
}

/** Lets a connection go without waiting for a server that may be gone. */
function drop(client: Client | undefined): void {
  if (!client) return;
  client.end().catch(() => undefined);
  (client as unknown as { connection?: { stream?: { destroy: () => void } } }).connection?.stream?.destroy();
}

function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
  });
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What a server holds of the rows that were confirmed. */
export interface Comparison {
  held: number;
  lost: Acknowledged[];
  /** Rows whose content is not what was written. */
  changed: number;
  /** Confirmed rows that are there after one of the same writer that is not. */
  gaps: number;
}

/** Compares row by row what clients were promised with what is there. */
export async function compareRows(
  client: Client,
  nonce: string,
  promised: readonly Acknowledged[],
): Promise<Comparison> {
  const { rows } = await client.query<{ writer: number; number: number; hash: string }>(
    "select writer, number, hash from drill_rows where nonce = $1",
    [nonce],
  );
  const there = new Map(rows.map(row => [`${row.writer} ${row.number}`, row.hash]));
  const lost = promised.filter(one => !there.has(`${one.writer} ${one.number}`));
  const changed = rows.filter(row => row.hash !== rowHash(nonce, row.writer, row.number)).length;
  const firstLost = new Map<number, number>();
  for (const { writer, number } of lost) firstLost.set(writer, Math.min(number, firstLost.get(writer) ?? Infinity));
  const gaps = promised.filter(
    ({ writer, number }) => number > (firstLost.get(writer) ?? Infinity) && there.has(`${writer} ${number}`),
  ).length;
  return { held: promised.length - lost.length, lost, changed, gaps };
}
