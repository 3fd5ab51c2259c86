import type { Redis } from "ioredis";
import type { Course } from "../course";
import { pause } from "../servers";

/** A write that the server has confirmed. */
export interface Confirmed {
  key: string;
  value: string;
  /** How many replicas the writer waited for. */
  waited: number;
  atMs: number;
}

export interface RedisWriters {
  confirmed: Confirmed[];
  refused: { atMs: number; reason: string }[];
  stop: () => Promise<void>;
}

/** How long a writer waits for a replica, in milliseconds. */
const waitMs = 1_000;

/**
 * Clients that write without pause: every third one takes the server's word, the next waits for a replica after each write
 * (`WAIT 1`), the next for all of them, and takes a write for confirmed only then.
 */
export function startRedisWriters(
  course: Course,
  nonce: string,
  connect: () => Promise<Redis | undefined>,
  {
    replicas,
    count = 6,
    first = 0,
    everyMs = 5,
  }: { replicas: number; count?: number; first?: number; everyMs?: number },
): RedisWriters {
  let isOver = false;
  const confirmed: Confirmed[] = [];
  const refused: RedisWriters["refused"] = [];
  const write = async (writer: number): Promise<void> => {
    const waited = [0, 1, replicas][writer % 3]!;
    let client: Redis | undefined;
    for (let number = 1; !isOver; number++) {
      const [key, value] = [`drill:${nonce}:${writer}:${number}`, `${nonce}-${writer}-${number}`];
      try {
        client ??= await connect();
        if (!client) throw new Error("no primary is known");
        await client.set(key, value);
        if (waited > 0 && Number(await client.call("wait", String(waited), String(waitMs))) < waited)
          throw new Error("too few replicas have it");
        confirmed.push({ key, value, waited, atMs: course.now() });
        await pause(everyMs);
      } catch (error) {
        if (isOver) break;
        refused.push({ atMs: course.now(), reason: (error as Error).message });
        // What was said holds for this write; a server that is gone is looked for again.
        if (!/NOREPLICAS|too few replicas have it/.test((error as Error).message)) {
          client?.disconnect();
          client = undefined;
        }
        await pause(100);
      }
    }
    client?.disconnect();
  };
  const all = Array.from({ length: count }, (_, index) => write(first + index));
  return {
    confirmed,
    refused,
    stop: async () => {
      isOver = true;
      await Promise.all(all);
    },
  };
}

/** Which confirmed writes a server does not hold, and which it holds otherwise. */
export async function lostBy(
  client: Redis,
  promised: readonly Confirmed[],
): Promise<{ lost: Confirmed[]; changed: number }> {
  const lost: Confirmed[] = [];
  let changed = 0;
  for (let from = 0; from < promised.length; from += 500) {
    const part = promised.slice(from, from + 500);
    const values = await client.mget(part.map(one => one.key));
    for (const [index, one] of part.entries()) {
      if (values[index] === null) lost.push(one);
      else if (values[index] !== one.value) changed++;
    }
  }
  return { lost, changed };
}
