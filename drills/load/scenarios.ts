/** S-135: what has to be left at the declared load. */
export const headroom = 0.3;

/** A stretch of load: so many requests a second, for so long. */
export interface Scenario {
  name: string;
  perSecond: number;
  seconds: number;
}

/** What k6 runs for it: clients that log in once, then read, look and write in the shares of the day. */
export function k6Script(url: string, { perSecond, seconds }: Scenario): string {
  const clients = Math.max(2, Math.min(400, Math.ceil(perSecond / 4)));
  return `import http from "k6/http";
import { check } from "k6";
import exec from "k6/execution";

const url = ${JSON.stringify(`${url}/api/v1`)};
export const options = {
  discardResponseBodies: false,
  scenarios: {
    load: {
      executor: "constant-arrival-rate",
      rate: ${perSecond},
      timeUnit: "1s",
      duration: "${seconds}s",
      preAllocatedVUs: ${clients},
      maxVUs: ${clients * 4},
      gracefulStop: "5s",
    },
  },
};

let token;
export default function () {
  if (token === undefined)
    token = http.post(url + "/auth/login", JSON.stringify({ name: "client" + exec.vu.idInTest })).json("access_token");
  const params = { headers: { authorization: "Bearer " + token, "content-type": "application/json" }, timeout: "10s" };
  const turn = exec.scenario.iterationInTest % 10;
  if (turn < 7) check(http.get(url + "/messages", params), { read: one => one.status === 200 });
  else if (turn < 9) check(http.get(url + "/health", params), { healthy: one => one.status === 200 });
  else check(http.post(url + "/messages", JSON.stringify({ text: "a message" }), params), { written: one => one.status === 201 });
}
`;
}

/** What a run of k6 came to. */
export interface Loaded {
  scenario: Scenario;
  requests: number;
  failed: number;
  p95Ms: number;
  /** Requests that could not be made in time: whoever makes the load is at its end, or waits for answers. */
  dropped: number;
}

/** Reads k6's exported summary. Its rate of failures counts a failure as a pass of the rate. */
export function loadedFrom(scenario: Scenario, summary: unknown): Loaded {
  const { metrics } = summary as { metrics: Record<string, Record<string, number> | undefined> };
  return {
    scenario,
    requests: metrics.http_reqs?.count ?? 0,
    failed: metrics.http_req_failed?.passes ?? 0,
    p95Ms: metrics.http_req_duration?.["p(95)"] ?? Infinity,
    dropped: metrics.dropped_iterations?.count ?? 0,
  };
}

/** Whether a stretch of load was borne: below the limits, and really made. */
export const isBorne = (
  { requests, failed, p95Ms, dropped, scenario }: Loaded,
  limits: { p95Ms: number; errorRate: number },
): boolean =>
  requests > 0 &&
  p95Ms < limits.p95Ms &&
  failed / requests < limits.errorRate &&
  dropped <= scenario.perSecond * scenario.seconds * 0.01;

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples?: number[];
}

/** Where a process spent its time, by a CPU profile: share of the samples by function, most first. */
export function hottest({ nodes, samples = [] }: Profile, most = 5): { what: string; share: number }[] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [id, nameOf(functionName, url, lineNumber)]),
  );
  const counts = new Map<string, number>();
  for (const id of samples) counts.set(names.get(id) ?? "?", (counts.get(names.get(id) ?? "?") ?? 0) + 1);
  const idle = counts.get("(idle)") ?? 0;
  counts.delete("(idle)");
  const busy = samples.length - idle;
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([what, count]) => ({ what, share: busy === 0 ? 0 : count / busy }));
}

function nameOf(functionName: string, url: string, line: number): string {
  const file = url.split("/").pop() ?? "";
  return `${functionName || "(anonymous)"}${file ? ` ${file}:${line + 1}` : ""}`;
}
