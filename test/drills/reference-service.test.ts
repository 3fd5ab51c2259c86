import assert from "node:assert/strict";
import type { Server } from "node:http";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { allowed, apiCollection } from "../../drills/api/collection";
import type { Loaded } from "../../drills/load/scenarios";
import { hottest, isBorne, k6Script, loadedFrom } from "../../drills/load/scenarios";
import { makeServer } from "../../examples/service/src/server";
import { settingsOf } from "../../examples/service/src/settings";

const secret = "a secret of the tests, 32 bytes and more";
const base = "/api/v1";

describe("the reference service", () => {
  let server: Server;
  let ai: Server;
  let url: string;
  let aiStatus = 200;
  const listen = (one: Server) =>
    new Promise<number>(resolve => one.listen(0, "127.0.0.1", () => resolve((one.address() as AddressInfo).port)));
  before(async () => {
    ai = http.createServer((request, response) => {
      request.resume();
      response.statusCode = aiStatus;
      response.end('{"analysis":"sound"}');
    });
    const env = {
      JWT_SECRET: secret,
      REQUESTS_PER_MINUTE: "10",
      AI_RETRIES: "0",
      AI_FAILURES: "2",
      AI_REST_MS: "60000",
    };
    const settings = settingsOf({
      ...env,
      AI_URL: `http://127.0.0.1:${await listen(ai)}/`,
      AI_FALLBACK: '{"later":true}',
    });
    server = makeServer(settings);
    url = `http://127.0.0.1:${await listen(server)}`;
  });
  after(() => {
    for (const one of [server, ai]) {
      one.closeAllConnections();
      one.close();
    }
  });
  const post = (path: string, body: unknown, token?: string) =>
    fetch(`${url}${base}${path}`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
  const tokenOf = async (name: string) =>
    ((await (await post("/auth/login", { name })).json()) as { access_token: string }).access_token;
  const read = (token: string) => fetch(`${url}${base}/messages`, { headers: { authorization: `Bearer ${token}` } });

  it("refuses to start without what it needs, in a sentence", () => {
    assert.throws(() => settingsOf({}), /JWT_SECRET is not set/);
    assert.throws(() => settingsOf({ JWT_SECRET: "short" }), /the signing secret has 5 bytes; need 32/);
    assert.throws(() => settingsOf({ JWT_SECRET: secret, AI_RETRIES: "many" }), /AI_RETRIES is "many"; need a number/);
  });

  it("lets nobody in with no token, a forged one, or one of no algorithm", async () => {
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    const body = Buffer.from('{"sub":"ada"}').toString("base64url");
    for (const token of ["", "a.b.c", `${none}.${body}.`, `${(await tokenOf("ada")).slice(0, -2)}xx`])
      assert.equal((await read(token)).status, 401, token);
    assert.equal((await read(await tokenOf("ada"))).status, 200);
  });

  it("limits each client by itself, and says when to come again", async () => {
    const [one, two] = [await tokenOf("one"), await tokenOf("two")];
    for (let call = 0; call < 10; call++) assert.equal((await read(one)).status, 200);
    const refused = await read(one);
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
    assert.equal((await read(two)).status, 200);
  });

  it("takes messages, and refuses what is none", async () => {
    const token = await tokenOf("writer");
    const made = await post("/messages", { text: "hello" }, token);
    assert.equal(made.status, 201);
    assert.match(made.headers.get("location")!, /^\/api\/v1\/messages\/[0-9a-f-]{36}$/);
    assert.equal((await post("/messages", {}, token)).status, 400);
    assert.equal((await post("/messages", "[1", token)).status, 400);
    assert.equal((await post("/messages", { text: "x".repeat(100_000) }, token)).status, 413);
    assert.equal((await fetch(`${url}/nowhere`)).status, 404);
  });

  it("answers by itself when the AI fails, leaves it alone after that, and counts both", async () => {
    const answered = await post("/analyses", { text: "a" });
    assert.equal(answered.status, 200);
    aiStatus = 500;
    const outcomes: string[] = [];
    for (let call = 0; call < 4; call++) {
      const answer = await post("/analyses", { text: "a" });
      assert.equal(answer.status, 503);
      assert.equal(answer.headers.get("x-degraded"), "ai");
      const body = (await answer.json()) as { reason: string; result: object };
      assert.deepEqual(body.result, { later: true });
      outcomes.push(body.reason);
    }
    assert.deepEqual(outcomes, ["error", "error", "open", "open"]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(metrics, /ai_calls_total\{outcome="open"\} 2/);
    assert.match(metrics, /ai_breaker_open 1/);
    assert.match(
      metrics,
      /http_server_request_duration_seconds_count\{http_route="\/api\/v1\/analyses",http_response_status_code="503"\} 4/,
    );
  });
});

describe("the API's collection", () => {
  it("asks for ten calls that pass and five that do not, and asserts something of every answer", () => {
    const { item } = apiCollection("http://x") as { item: { name: string; event: { script: { exec: string[] } }[] }[] };
    const limited = item.filter(one => one.name.startsWith("Rate Limiting"));
    assert.equal(limited.length, 15);
    assert.equal(limited.filter(one => one.event[0]!.script.exec.join().includes("status(200)")).length, allowed);
    assert.ok(item.every(one => one.event[0]!.script.exec.length > 0));
    const bare = apiCollection("http://x", false) as { item: { event: object[] }[] };
    assert.ok(bare.item.every(one => one.event.length === 0));
  });
});

describe("a load's result", () => {
  const scenario = { name: "load", perSecond: 100, seconds: 10 };
  const limits = { p95Ms: 500, errorRate: 0.005 };
  const loaded = (change: Partial<Loaded>): Loaded => ({
    scenario,
    requests: 1_000,
    failed: 0,
    p95Ms: 10,
    dropped: 0,
    ...change,
  });

  it("is read from k6's summary, whose rate of failures calls a failure a pass", () => {
    const metrics = {
      http_reqs: { count: 100 },
      http_req_failed: { passes: 3, fails: 97 },
      http_req_duration: { "p(95)": 12 },
    };
    assert.deepEqual(loadedFrom(scenario, { metrics }), { scenario, requests: 100, failed: 3, p95Ms: 12, dropped: 0 });
    assert.equal(loadedFrom(scenario, { metrics: {} }).p95Ms, Infinity);
  });

  it("is borne only where all of it was made and answered below the limits", () => {
    assert.ok(isBorne(loaded({}), limits));
    for (const change of [{ requests: 0 }, { failed: 5 }, { p95Ms: 500 }, { dropped: 11 }])
      assert.equal(isBorne(loaded(change), limits), false, JSON.stringify(change));
  });

  it("is made by a script that names its rate", () =>
    assert.match(k6Script("http://x", scenario), /rate: 100,[^]*duration: "10s"/));

  it("says where a process spent its time, idling left out", () => {
    const frame = (id: number, functionName: string) => ({
      id,
      callFrame: { functionName, url: "file:///a/b.js", lineNumber: 4 },
    });
    const nodes = [
      frame(1, "hot"),
      frame(2, ""),
      { id: 3, callFrame: { functionName: "(idle)", url: "", lineNumber: -1 } },
    ];
    assert.deepEqual(hottest({ nodes, samples: [1, 1, 1, 2, 3, 3, 3, 3] }), [
      { what: "hot b.js:5", share: 0.75 },
      { what: "(anonymous) b.js:5", share: 0.25 },
    ]);
    assert.deepEqual(hottest({ nodes, samples: [3] }), []);
  });
});
