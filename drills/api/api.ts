import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import type { NewmanRunSummary } from "newman";
import type { Drill, Room } from "../drill";
import { proveReferenceService, startReferenceService } from "../reference-service";
import { pause } from "../servers";
import { allowed, apiCollection } from "./collection";

const steps = ["start the reference service", "run the collection", "hold a stream", "count what held"];

/** S-064 to S-076: the API as its clients use it, against the reference service with the gateway's limits. */
export const testApi: Drill = {
  id: "test api",
  title: "The API answers, authenticates, limits and streams as promised",
  kind: "API test",
  requirements: ["S-064", "S-065", "S-066", "S-067", "S-068", "S-069", "S-072", "S-073", "S-074", "S-075", "S-076"],
  needs: ["service"],
  store: "service",
  steps,
  sabotages: {
    "no fault": { what: "nothing is asked", comesTo: "invalid" },
    "no assertion": { what: "nothing is asserted of the answers", comesTo: "invalid" },
    "no limit": { what: "a client may call as often as it likes", comesTo: "failed" },
    gone: { what: "the service is stopped in the middle", comesTo: "failed" },
  },
  run,
};

/** How long a stream is held (S-076), in milliseconds. */
const heldMs = 2_000;

async function run(room: Room) {
  const { course, sabotage } = room;
  const limit = String(sabotage === "no limit" ? 1_000_000 : allowed);
  const service = await course.step(steps[0]!, () => startReferenceService(room, { REQUESTS_PER_MINUTE: limit }));
  const { port, url, server } = service;
  await proveReferenceService(room, service);
  const token = await login(url);

  const summary = await course.step(steps[1]!, async () => {
    let asked = 0;
    const onRequest = () => void (++asked === 5 && sabotage === "gone" && server.stop("SIGKILL"));
    const collection = apiCollection(url, sabotage !== "no assertion") as { item: object[] };
    if (sabotage === "no fault") collection.item = [];
    return runCollection(collection, path.join(room.dir, "newman.json"), onRequest);
  });
  const stream = await course.step(steps[2]!, () => holdStream(port, token));

  await course.step(steps[3]!, async () => {
    const { stats, timings, failures } = summary.run;
    const { total = 0, failed = 0 } = stats.assertions;
    course.proof("requests were made", (stats.requests.total ?? 0) > 0, `${stats.requests.total} requests`);
    course.proof("something was asserted of their answers", (total ?? 0) > 0, `${total} assertions`);
    const first = failures[0];
    const said = first ? `, such as "${first.source?.name}": ${first.error.message}` : "";
    course.check("every assertion holds", failed === 0 && failures.length === 0, `${failed} of ${total} failed${said}`);
    course.check(
      "a stream opens",
      stream.status === 200 && stream.type.startsWith("text/event-stream"),
      `${stream.status} ${stream.type}`,
    );
    course.check(`a stream is held ${heldMs / 1_000} s`, stream.heldMs >= heldMs, `${Math.round(stream.heldMs)} ms`);
    course.check("a message comes through it", stream.events > 0, `${stream.events} events`);
    const all = 3 + (total ?? 0);
    const bad = (failed ?? 0) + course.checks.slice(1).filter(one => !one.holds).length;
    course.measure("total", all, all, "assertions");
    course.measure("failed", bad, all, "assertions");
    course.measure("response time", timings.responseAverage, stats.requests.total ?? 0, "ms");
  });
  const { version } = JSON.parse(fs.readFileSync(require.resolve("newman/package.json"), "utf8")) as {
    version: string;
  };
  return { engines: { newman: version, node: process.versions.node } };
}

async function login(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/auth/login`, { method: "POST", body: '{"name":"stream"}' });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Runs a collection by newman's library; its own report is kept beside. */
async function runCollection(collection: object, file: string, onRequest: () => void): Promise<NewmanRunSummary> {
  // Loaded only here: it takes a second.
  const newman = await import("newman");
  return new Promise((resolve, reject) => {
    const run = newman.run(
      { collection, reporters: ["json"], reporter: { json: { export: file } }, timeoutRequest: 10_000, color: "off" },
      (error, summary) => {
        if (error) reject(error);
        else if (!fs.existsSync(file)) reject(new Error("newman left no report"));
        else resolve(summary);
      },
    );
    run.on("request", onRequest);
  });
}

/** Opens the stream, has a message sent, and holds it: newman waits for the end of an answer, and a stream has none. */
function holdStream(
  port: number,
  token: string,
): Promise<{ status: number; type: string; heldMs: number; events: number }> {
  return new Promise(resolve => {
    const seen = { status: 0, type: "", heldMs: 0, events: 0 };
    const headers = { authorization: `Bearer ${token}` };
    const request = http.get({ host: "127.0.0.1", port, path: "/api/v1/messages/stream/all", headers }, response => {
      const from = performance.now();
      seen.status = response.statusCode ?? 0;
      seen.type = response.headers["content-type"] ?? "";
      response
        .setEncoding("utf8")
        .on("data", (text: string) => (seen.events += text.split("event: message").length - 1));
      response.once("error", () => undefined);
      const url = `http://127.0.0.1:${port}/api/v1/messages`;
      void fetch(url, { method: "POST", headers, body: '{"text":"to the stream"}' }).catch(() => undefined);
      void pause(heldMs + 50).then(() => {
        seen.heldMs = response.destroyed ? 0 : performance.now() - from;
        request.destroy();
        resolve(seen);
      });
    });
    request.once("error", () => resolve(seen));
  });
}
