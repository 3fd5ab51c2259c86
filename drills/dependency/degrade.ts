import * as http from "node:http";
import type { Drill, Room, Settings } from "../drill";
import { needed } from "../drill";
import { startReferenceService, proveReferenceService } from "../reference-service";
import { pause, until } from "../servers";
import type { Mood } from "./stand-in";
import { slowMs, StandIn } from "./stand-in";

const steps = [
  "start the dependency and the reference service",
  "use it while all is well",
  "the dependency is slow",
  "the dependency answers with errors",
  "it is sound again",
  "the dependency hangs",
  "it is sound once more",
  "the dependency is gone",
  "compare with what callers got",
];

/** S-125, S-126, S-129: what users meet while something outside is slow, wrong, silent or gone. */
export const degradeDependency: Drill = {
  id: "degrade dependency",
  title: "Callers get an answer while a dependency is slow, wrong, silent or gone",
  kind: "failure drill",
  requirements: ["S-125", "S-126", "S-127", "S-129"],
  needs: ["service"],
  store: "dependency",
  steps,
  sabotages: {
    "no fault": { what: "the dependency is sound all the time", comesTo: "invalid" },
    "no limit": { what: "a call may take ten minutes", comesTo: "failed" },
    "no breaker": { what: "a dependency that fails is asked all the same", comesTo: "failed" },
    "no fallback": { what: "callers get an empty answer instead of the declared one", comesTo: "failed" },
    "no bound": { what: "any number of calls may be under way", comesTo: "failed" },
  },
  run,
};

/** Calls a second by users. */
const perSecond = 10;

/** What one caller got. */
interface Got {
  atMs: number;
  tookMs: number;
  status: number;
  degraded: boolean;
  isDeclared: boolean;
}

/** The numbers that the component gives the gateway: the service is told the same. */
function numbersOf(settings: Settings) {
  const { spec, args } = needed(settings, "dependency");
  const { timeout, retry, circuitBreaker, healthCheck } = spec.traffic.spec;
  return {
    timeoutMs: milliseconds(timeout.http.requestTimeout),
    retries: retry.numRetries,
    maxParallel: circuitBreaker.maxParallelRequests,
    failures: healthCheck.passive.consecutive5XxErrors,
    restMs: milliseconds(healthCheck.passive.baseEjectionTime),
    fallback: args.fallback?.body ?? '{"degraded":true}',
  };
}

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m)$/.exec(text)!;
  return Number(number) * { ms: 1, s: 1_000, m: 60_000 }[unit as "s"];
}

async function run(room: Room, settings: Settings) {
  const { course, sabotage } = room;
  const numbers = numbersOf(settings);
  const standIn = new StandIn(course.now);
  const got: Got[] = [];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });
  const open = new Set<Promise<void>>();
  let users: NodeJS.Timeout | undefined;
  /** In which mood it was from when on. */
  const moods: { mood: Mood | "gone"; atMs: number }[] = [];
  const become = (mood: Mood): void => {
    moods.push({ mood, atMs: course.now() });
    if (sabotage !== "no fault") standIn.mood = mood;
  };
  try {
    const { port } = await course.step(steps[0]!, async () => {
      await standIn.open();
      const service = await startReferenceService(room, {
        AI_URL: standIn.url,
        AI_TIMEOUT_MS: String(sabotage === "no limit" ? 600_000 : numbers.timeoutMs),
        AI_RETRIES: String(numbers.retries),
        AI_MAX_PARALLEL: String(sabotage === "no bound" ? 100_000 : numbers.maxParallel),
        AI_FAILURES: String(sabotage === "no breaker" ? 1_000_000 : numbers.failures),
        AI_REST_MS: String(numbers.restMs),
        AI_FALLBACK: sabotage === "no fallback" ? "{}" : numbers.fallback,
      });
      await proveReferenceService(room, service);
      return service;
    });
    users = setInterval(() => {
      const atMs = course.now();
      const one = ask(agent, port, "POST", "/api/v1/analyses", '{"text":"a message"}')
        .then(({ status, body, degraded }) => {
          const isDeclared = body.includes(numbers.fallback);
          got.push({ atMs, tookMs: course.now() - atMs, status, degraded, isDeclared });
        })
        .finally(() => open.delete(one));
      open.add(one);
    }, 1_000 / perSecond);

    become("sound");
    await course.step(steps[1]!, () => pause(5_000));
    await course.step(steps[2]!, async () => {
      become("slow");
      course.moment("slow");
      await pause(8_000);
    });
    await course.step(steps[3]!, async () => {
      become("failing");
      course.moment("fault");
      await pause(12_000);
    });
    await course.step(steps[4]!, () => recovered("recovered"));
    await course.step(steps[5]!, async () => {
      become("hanging");
      course.moment("second fault");
      await pause(numbers.timeoutMs + 12_000);
    });
    await course.step(steps[6]!, () => recovered("recovered again"));
    await course.step(steps[7]!, async () => {
      moods.push({ mood: "gone", atMs: course.now() });
      course.moment("third fault");
      if (sabotage !== "no fault") await standIn.close();
      await pause(6_000);
    });
    const alive = await ask(agent, port, "GET", "/api/v1/health");
    clearInterval(users);
    // Whoever still waits is waited for, as long as a caller has to at most.
    await Promise.race([Promise.all(open), pause(numbers.timeoutMs * (numbers.retries + 1) + 10_000)]);
    await course.step(steps[8]!, async () => account(alive.status));
  } finally {
    clearInterval(users);
    agent.destroy();
    await standIn.close();
  }
  return { engines: { node: process.versions.node } };

  /** Sound from now on: how long until callers get its answers again. */
  async function recovered(name: string): Promise<void> {
    become("sound");
    const from = course.now();
    const isBack = await until(
      () => got.some(one => one.atMs > from && !one.degraded && one.status === 200),
      numbers.restMs + 15_000,
      50,
    );
    if (isBack) course.moment(name);
    const ms = course.now() - from;
    course.check(`its answers come back when it is sound (${name})`, isBack, `after ${Math.round(ms)} ms`);
    course.measure(`back after (${name})`, ms, 1, "ms");
    await pause(2_000);
  }

  function account(health: number): void {
    const during = (mood: Mood | "gone", nth = 0): Got[] => {
      const index = moods.findIndex(
        (one, at) => one.mood === mood && moods.slice(0, at).filter(two => two.mood === mood).length === nth,
      );
      const [from, to] = [moods[index]!.atMs, moods[index + 1]?.atMs ?? Infinity];
      return got.filter(one => one.atMs >= from && one.atMs < to);
    };
    const share = (all: readonly Got[], is: (one: Got) => boolean) => `${all.filter(is).length} of ${all.length}`;
    const answered = (one: Got) => one.status === 200 && !one.degraded;
    const declared = (one: Got) => one.degraded && one.isDeclared;
    const longest = (all: readonly Got[]) => Math.max(0, ...all.map(one => one.tookMs));
    const [well, slow, failing, hanging, gone] = [
      during("sound"),
      during("slow"),
      during("failing"),
      during("hanging"),
      during("gone"),
    ];
    const limit = numbers.timeoutMs * (numbers.retries + 1) + 3_000;

    course.proof(
      "callers got its answers while all was well",
      well.length > 20 && well.every(answered),
      share(well, answered),
    );
    course.proof(
      "it was slow",
      slow.some(one => one.tookMs >= slowMs),
      `${Math.round(longest(slow))} ms at most`,
    );
    for (const [name, all] of [
      ["failed", failing],
      ["hung", hanging],
      ["was gone", gone],
    ] as const)
      course.proof(
        `callers met that it ${name}`,
        all.some(one => one.degraded || one.status === 0),
        share(all, one => one.degraded),
      );

    course.check("who asks a slow one is answered", slow.every(answered), share(slow, answered));
    const all = [...failing, ...hanging, ...gone];
    course.check(
      "whoever asks gets its answer or the declared one",
      all.every(one => answered(one) || declared(one)),
      share(all, one => answered(one) || declared(one)),
    );
    course.check(
      "nobody waits longer than limit and tries allow",
      longest(got) <= limit && open.size === 0,
      `${Math.round(longest(got))} ms of ${limit}, ${open.size} still wait`,
    );
    const late = failing.filter(one => one.atMs > failing[0]!.atMs + 5_000);
    course.check(
      "once it is known to fail, callers are answered at once",
      late.length > 0 && late.every(one => one.tookMs < 500),
      `${Math.round(longest(late))} ms at most`,
    );
    const [from, to] = ["fault", "recovered"].map(
      name => course.moments.find(one => one.name === name)?.atMs ?? Infinity,
    ) as [number, number];
    const asked = standIn.calls.filter(at => at > from + 5_000 && at < Math.min(to, from + 12_000)).length;
    course.check(
      "a dependency that fails is left alone",
      asked <= numbers.failures,
      `${asked} calls in seven seconds of ${7 * perSecond} callers`,
    );
    course.check(
      "no more calls are under way than declared",
      standIn.mostAtOnce <= numbers.maxParallel,
      `${standIn.mostAtOnce} of ${numbers.maxParallel}`,
    );
    course.check("the service itself stays healthy", health === 200, `health ${health}`);
    course.measure("total", got.length, got.length, "requests");
    course.measure("failed", got.filter(one => !answered(one) && !declared(one)).length, got.length, "requests");
    course.measure("degraded", (got.filter(one => one.degraded).length / got.length) * 100, got.length, "%");
    course.measure("longest wait", longest(got), got.length, "ms");
    course.measure("most at once", standIn.mostAtOnce, standIn.calls.length, "calls");
  }
}

/** One request; status 0 where there was no answer. */
function ask(agent: http.Agent, port: number, method: string, place: string, body?: string) {
  return new Promise<{ status: number; body: string; degraded: boolean }>(resolve => {
    const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": body.length };
    const request = http.request({ host: "127.0.0.1", port, agent, method, path: place, headers }, response => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body: text,
          degraded: response.headers["x-degraded"] !== undefined,
        }),
      );
    });
    request.once("error", () => resolve({ status: 0, body: "", degraded: false }));
    request.end(body);
  });
}
