import * as fs from "node:fs";
import * as http from "node:http";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { NewmanRunSummary } from "newman";
import { fail } from "../model/faults";
import { percentile } from "../model/percentile";
import { enoughForP95 } from "../readiness/evidence/samples";
import { runCommand } from "./command";
import type { ApiSettings } from "./settings";
import { insideOf } from "./settings";

/** One test of the API: requests of one name, and what was asserted of their answers (S-065 to S-069). */
export interface ApiTest {
  name: string;
  status: "PASS" | "FAIL";
  /** `4/4`. */
  assertions: string;
  passed: number;
  total: number;
  /** The slowest answer, in milliseconds. */
  ms: number;
  /** What did not hold; the first ten. */
  failures: string[];
}

/** What the API's tests came to (S-064), with the endpoints they asked. */
export interface ApiReport {
  schema: "greenlight.api/1";
  commit?: string;
  started: string;
  ended: string;
  test_summary: { total: number; passed: number; failed: number; duration: number; status: "PASS" | "FAIL" };
  test_results: ApiTest[];
  assertions: { total: number; failed: number };
  /** Of all answers; `proven` where there are enough of them for a P95. */
  response: { count: number; p95Ms: number; maxMs: number; proven: boolean };
  /** S-071: the endpoints that have to be asked, and those that were not. */
  endpoints: { wanted: string[]; asked: string[]; missing: string[] };
  /** S-072: the first answer of the health path. */
  health: { status: number; ms: number };
  /** S-076. */
  stream?: { status: number; heldMs: number };
  problems: string[];
}

export interface ApiOptions {
  repository: string;
  commit?: string | undefined;
  now: () => number;
  say?: (text: string) => void;
  signal?: AbortSignal;
}

/** How long a service may take until it answers, in milliseconds. */
const readyMs = 60_000;
const heldMs = 2_000;
/** How often the health path is timed. */
const asks = 5;

/** Starts the service where the settings say how, runs the collection by newman's library, and counts what held. */
export async function runApiGate(settings: ApiSettings, options: ApiOptions): Promise<ApiReport> {
  const started = new Date(options.now()).toISOString();
  const collection = insideOf(options.repository, settings.collection, "api.collection");
  if (!fs.existsSync(collection)) throw fail(settings.collection, "not there", "a collection in Postman's format");
  const url = settings.url.includes("{port}") ? settings.url.replace("{port}", String(await freePort())) : settings.url;
  const ends = new AbortController();
  const port = new URL(url).port;
  let isGone = false;
  const service = settings.start
    ? runCommand(settings.start.command, {
        cwd: options.repository,
        environment: { PORT: port, ...settings.start.environment },
        signal: ends.signal,
        minutes: 30,
      }).then(ran => {
        isGone = true;
        return ran;
      })
    : undefined;
  const onAbort = () => ends.abort();
  options.signal?.addEventListener("abort", onAbort);
  try {
    const health = await ready(`${url}${settings.health}`, () => isGone);
    if (health === undefined) {
      ends.abort();
      const said = (await service)?.tail.at(-1);
      throw fail(
        `${url}${settings.health}`,
        isGone ? `gone: the service ended${said ? ` (${said})` : ""}` : "not answering 200 within a minute",
        "a service that is ready",
      );
    }
    const summary = await newman(collection, url);
    const stream = settings.stream === undefined ? undefined : await hold(url, settings);
    return report(settings, summary, {
      ...{ started, ended: new Date(options.now()).toISOString(), health },
      ...(options.commit === undefined ? {} : { commit: options.commit }),
      ...(stream ? { stream } : {}),
    });
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    ends.abort();
    await service;
  }
}

function report(
  settings: ApiSettings,
  { run }: NewmanRunSummary,
  rest: Pick<ApiReport, "started" | "ended" | "health" | "commit" | "stream">,
): ApiReport {
  const tests = new Map<string, ApiTest>();
  const asked = new Set<string>();
  const times: number[] = [];
  const problems: string[] = [];
  for (const { item, request, response, assertions = [], requestError } of run.executions as Execution[]) {
    // `Rate Limiting: call 3` is one of the calls of the test `Rate Limiting`.
    const name = item.name.split(":")[0]!.trim();
    const test = tests.get(name) ?? { name, status: "PASS", assertions: "", passed: 0, total: 0, ms: 0, failures: [] };
    tests.set(name, test);
    for (const one of assertions) {
      test.total++;
      if (one.error) test.failures.push(`${one.assertion}: ${one.error.message}`);
      else test.passed++;
    }
    if (requestError) test.failures.push(`${item.name}: ${requestError.message}`);
    if (response) {
      times.push(response.responseTime);
      test.ms = Math.max(test.ms, response.responseTime);
    }
    asked.add(`${request.method} ${request.url.getPath()}`);
  }
  for (const one of tests.values()) {
    one.assertions = `${one.passed}/${one.total}`;
    // A test that asserts nothing has not passed.
    if (one.failures.length > 0 || one.total === 0) one.status = "FAIL";
    if (one.total === 0) one.failures.push("it asserts nothing");
    one.failures.splice(10);
  }
  const results = [...tests.values()];
  const passed = results.filter(one => one.status === "PASS").length;
  const wanted = settings.endpoints ?? [];
  const missing = wanted.filter(one => ![...asked].some(each => isSame(one, each)));
  if (results.length === 0) problems.push("no request was made");
  if (missing.length > 0) problems.push(`not asked: ${missing.join(", ")}`);
  const { healthMs = 100 } = settings;
  if (rest.health.ms >= healthMs)
    problems.push(`${settings.health} took ${rest.health.ms} ms, the median of ${asks}; need below ${healthMs} ms`);
  if (rest.stream && (rest.stream.status !== 200 || rest.stream.heldMs < heldMs))
    problems.push(
      `the stream answered ${rest.stream.status} and was held ${rest.stream.heldMs} ms; need 200 and ${heldMs} ms`,
    );
  const failed = results.length - passed;
  return {
    schema: "greenlight.api/1",
    ...rest,
    test_summary: {
      ...{ total: results.length, passed, failed },
      duration: Math.round(Date.parse(rest.ended) - Date.parse(rest.started)) / 1_000,
      status: results.length > 0 && failed === 0 && problems.length === 0 ? "PASS" : "FAIL",
    },
    test_results: results,
    assertions: { total: run.stats.assertions.total ?? 0, failed: run.stats.assertions.failed ?? 0 },
    response: {
      count: times.length,
      p95Ms: percentile(times, 0.95),
      maxMs: Math.max(0, ...times),
      proven: times.length >= enoughForP95,
    },
    endpoints: { wanted, asked: [...asked].sort(), missing },
    problems,
  };
}

interface Execution {
  item: { name: string };
  request: { method: string; url: { getPath: () => string } };
  response?: { responseTime: number };
  assertions?: { assertion: string; error?: { message: string } }[];
  requestError?: { message: string };
}

/** `GET /messages/{id}` is asked by `GET /messages/7`. */
function isSame(wanted: string, asked: string): boolean {
  const pattern = wanted.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]*\}|:[a-z]\w*/gi, "[^/]+");
  return new RegExp(`^${pattern}$`).test(asked);
}

async function newman(collection: string, url: string): Promise<NewmanRunSummary> {
  const { run } = await import("newman");
  const out = fs.mkdtempSync(path.join(os.tmpdir(), "gl-api-"));
  try {
    return await new Promise<NewmanRunSummary>((resolve, reject) =>
      run(
        {
          collection,
          globals: { values: [{ key: "url", value: url, enabled: true }] },
          reporters: ["json"],
          reporter: { json: { export: path.join(out, "newman.json") } },
          ...{ timeoutRequest: 10_000, color: "off" },
        } as never,
        (error, summary) => {
          if (error) reject(error as Error);
          else resolve(summary);
        },
      ),
    );
  } finally {
    fs.rmSync(out, { recursive: true });
  }
}

/** Asks until it answers 200, then some times more: the median of those is what it takes (S-072). */
async function ready(url: string, isGone: () => boolean): Promise<{ status: number; ms: number } | undefined> {
  const until = Date.now() + readyMs;
  const ask = async (): Promise<number> => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.status;
  };
  while (Date.now() < until && !isGone()) {
    try {
      if ((await ask()) === 200) {
        const times: number[] = [];
        let status = 0;
        for (let asked = 0; asked < asks; asked++) {
          const from = performance.now();
          status = await ask();
          times.push(performance.now() - from);
        }
        return { status, ms: Math.round(percentile(times, 0.5)) };
      }
    } catch {
      // Not there yet.
    }
    await pause(100);
  }
  return undefined;
}

/** Opens the stream and holds it; newman waits for the end of an answer, and a stream has none. */
async function hold(url: string, { stream, login }: ApiSettings): Promise<{ status: number; heldMs: number }> {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (login) {
    const answer = await fetch(`${url}${login.path}`, {
      ...{ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(login.body) },
    });
    const { access_token } = (await answer.json()) as { access_token?: string };
    headers.authorization = `Bearer ${access_token}`;
  }
  return new Promise(resolve => {
    const from = performance.now();
    const request = http.get(`${url}${stream}`, { headers }, response => {
      const opened = performance.now();
      const end = () => {
        resolve({ status: response.statusCode ?? 0, heldMs: Math.round(performance.now() - opened) });
        request.destroy();
      };
      response.resume().once("end", end).once("error", end);
      void pause(heldMs + 20).then(end);
    });
    request.once("error", () => resolve({ status: 0, heldMs: Math.round(performance.now() - from) }));
  });
}

/** A port that nobody uses now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
