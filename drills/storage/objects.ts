import { runK6 } from "../load/k6";
import { loadedFrom } from "../load/scenarios";
import type { Loaded, Scenario } from "../load/scenarios";
import type { ObjectStoreCluster } from "../object-store/cluster";
import type { Room } from "../drill";

const bucket = "drill-rate";

/** k6 writes objects of one size and reads them back whole, one to one, over TLS; what is read has to be what was written. */
const script = (
  urls: readonly string[],
  { perSecond, seconds }: Scenario,
  { kibibytes, nonce }: { kibibytes: number; nonce: string },
): string => {
  const clients = Math.max(4, Math.min(200, perSecond * 2));
  return `import http from "k6/http";
import { check } from "k6";
import exec from "k6/execution";

const urls = ${JSON.stringify(urls.map(url => `${url}/${bucket}`))};
const body = ${JSON.stringify(nonce)} + "x".repeat(${kibibytes * 1024 - nonce.length});
export const options = {
  scenarios: {
    rate: {
      executor: "constant-arrival-rate",
      rate: ${perSecond},
      timeUnit: "1s",
      duration: "${seconds}s",
      preAllocatedVUs: ${clients},
      maxVUs: ${clients * 2},
      gracefulStop: "10s",
    },
  },
};

export default function () {
  const turn = exec.scenario.iterationInTest;
  const key = Math.floor(turn / 2);
  const url = urls[turn % urls.length] + "/" + key;
  const params = { timeout: "10s", tags: { name: "object" } };
  if (turn % 2 === 0) check(http.put(url, body, params), { written: one => one.status === 200 });
  else {
    // The one before may still be on its way: an earlier one is read.
    const read = http.get(urls[turn % urls.length] + "/" + Math.max(0, key - 20), params);
    check(read, { "read as it was written": one => one.status === 404 ? key < 20 : one.body === body });
  }
}
`;
};

/** A bucket that anybody on this machine may write to, for as long as the drill lasts. */
export async function openBucket(store: ObjectStoreCluster): Promise<void> {
  for (const args of [
    ["mb", `s0/${bucket}`],
    ["anonymous", "set", "public", `s0/${bucket}`],
  ]) {
    const { code, stderr, stdout } = await store.mc(args);
    if (code !== 0) throw new Error(`mc ${args[0]} ended with ${code}: ${(stderr || stdout).trim().slice(-300)}`);
  }
}

/** What a stretch came to, with how many objects were not read as they were written. */
export interface Stored extends Loaded {
  spoilt: number;
}

export async function runObjects(
  room: Room,
  store: ObjectStoreCluster,
  scenario: Scenario,
  kibibytes: number,
  index: number,
): Promise<Stored> {
  const text = script(store.urls, scenario, { kibibytes, nonce: room.nonce });
  const summary = await runK6(room, `objects-${index}`, scenario, text, { SSL_CERT_FILE: store.authority });
  return { ...loadedFrom(scenario, summary), spoilt: summary.metrics.checks?.fails ?? 0 };
}

/** How many objects of this drill the store says it holds. */
export async function countObjects(store: ObjectStoreCluster): Promise<number> {
  const { code, stdout } = await store.mc(["ls", "--json", "--recursive", `s0/${bucket}`], undefined, 60_000);
  return code === 0 ? stdout.split("\n").filter(line => line.includes('"type":"file"')).length : 0;
}
