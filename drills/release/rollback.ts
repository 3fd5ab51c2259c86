import * as path from "node:path";
import type { Drill, Room, Settings } from "../drill";
import { needed } from "../drill";
import { DrillCluster } from "./control-plane";
import { startPrometheus } from "./prometheus";
import type { Case, Outcome, Weaken } from "./release";
import { Release } from "./release";

const steps = [
  "start a control plane, the controller of releases, Prometheus",
  "deploy the first version of each service",
  "release the second version of each under load",
  "compare with what users met",
];

/** How much shorter the healthy release holds its steps than declared: its durations are simulated, no others are. */
const factor = 20;
const errors = { errors: 0.032, delayMs: 0 };

/** Releases, side by side: what is bad is held as long as declared in the step in which it is bad. */
const cases: readonly Case[] = [
  {
    ...{ id: "healthy", title: "a sound version", comesTo: "promoted", perSecond: 20 },
    heldSeconds: [600 / factor, 900 / factor, 1_200 / factor, 1_800 / factor],
  },
  {
    ...{ id: "errors", title: "3.2 % errors from 25 % on", comesTo: "taken back", perSecond: 40 },
    ...{ bad: { fromPercent: 25, behaviour: errors }, heldSeconds: [15] },
  },
  {
    ...{ id: "late", title: "errors only at 100 %", comesTo: "taken back", perSecond: 20 },
    ...{ bad: { fromPercent: 100, behaviour: errors }, heldSeconds: [10, 10, 10] },
  },
  {
    ...{ id: "slow", title: "answers after more than 5 s from 25 % on", comesTo: "taken back", perSecond: 8 },
    ...{ bad: { fromPercent: 25, behaviour: { errors: 0, delayMs: 5_500 } }, heldSeconds: [15] },
  },
  {
    ...{ id: "unused", title: "a version that nobody uses", comesTo: "waits for people", perSecond: 0 },
    heldSeconds: [],
  },
  {
    ...{ id: "blind", title: "Prometheus is lost in the middle", comesTo: "not promoted", perSecond: 10 },
    ...{ losesMeasurements: true, heldSeconds: [] },
  },
];

/** How long a bad version may take to be taken back before the drill gives up on it: the limit itself is ten minutes (S-156). */
const patienceMs = 6.5 * 60_000;
const unusedPatienceMs = 8.5 * 60_000;

interface Metric {
  successCondition: string;
  failureCondition: string;
  failureLimit: number;
  provider: { prometheus: { query: string } };
}
const eachMetric =
  (change: (metric: Metric) => void): Weaken =>
  ({ analysis }) =>
    (analysis.spec as { metrics: Metric[] }).metrics.forEach(change);

/** Component defaults that this drill protects, weakened. */
const weakened: Record<string, Weaken> = {
  "no analysis": ({ rollout }) => {
    delete (rollout.spec as { strategy: { canary: { analysis?: object } } }).strategy.canary.analysis;
  },
  "no query": eachMetric(metric => (metric.provider.prometheus.query = "vector(0)")),
  "any number of failures": eachMetric(metric => (metric.failureLimit = 1_000)),
  "nothing is success": eachMetric(metric => {
    metric.successCondition = `len(result) == 0 || ${metric.successCondition.replace("len(result) > 0", "true")}`;
  }),
};

/** S-077 to S-094, S-153 to S-156: a bad release is found and taken back by the deployed analysis; nothing proves itself by silence. */
export const rollbackRelease: Drill = {
  id: "rollback",
  title: "A bad release is found by its numbers and taken back by itself",
  kind: "rollback drill",
  requirements: ["S-077", "S-083", "S-091", "S-094", "S-153", "S-154", "S-155", "S-156", "S-171"],
  needs: ["etcd", "kubernetes", "kwok", "rollouts", "prometheus"],
  store: "service",
  steps,
  sabotages: {
    "no fault": { what: "the bad versions are sound", comesTo: "invalid" },
    "no load": { what: "nobody uses any version", comesTo: "invalid" },
    "no analysis": { what: "releases are not measured", comesTo: "failed" },
    "no query": { what: "the analysis asks nothing of Prometheus", comesTo: "failed" },
    "any number of failures": { what: "the analysis forgives a thousand failures", comesTo: "failed" },
    "nothing is success": { what: "no measurement counts as a good one", comesTo: "failed" },
  },
  run,
};

async function run(room: Room, settings: Settings) {
  const { course, sabotage, nonce } = room;
  const { args } = needed(settings, "service");
  const cluster = new DrillCluster(room);
  const asked = cases.map(one => ({
    ...one,
    ...(sabotage === "no load" ? { perSecond: 0 } : {}),
    ...(sabotage === "no fault" && one.bad ? { bad: { ...one.bad, behaviour: { errors: 0, delayMs: 0 } } } : {}),
  }));
  const releases = asked.map(one => new Release(cluster, one, args, sabotage ? weakened[sabotage] : undefined));
  try {
    const places = await course.step(steps[0]!, async () => {
      await cluster.start();
      await cluster.startRollouts();
      for (const { stable, canary } of releases) await Promise.all([stable.listen(), canary.listen()]);
      const targets = (some: readonly Release[]) =>
        some.flatMap(({ namespace, name, stable, canary }) => [
          { namespace, service: name, port: stable.port },
          { namespace, service: `${name}-canary`, port: canary.port },
        ]);
      const isBlind = (one: Release) => one.released.losesMeasurements === true;
      return {
        shared: await startPrometheus(room, "prometheus", targets(releases.filter(one => !isBlind(one)))),
        lost: await startPrometheus(room, "prometheus-to-lose", targets(releases.filter(isBlind))),
      };
    });
    const placeOf = (one: Release) => (one.released.losesMeasurements ? places.lost : places.shared);

    await course.step(steps[1]!, async () => {
      const classes = new Set(releases.flatMap(one => one.priorityClass ?? []));
      await cluster.apply([
        { apiVersion: "v1", kind: "Namespace", metadata: { name: args.namespace } },
        ...[...classes].map(name => ({
          ...{ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name }, value: 1_000 },
        })),
      ]);
      await Promise.all(releases.map(one => one.deploy(placeOf(one).address, 120_000)));
    });

    course.moment("released");
    const outcomes = await course.step(steps[2]!, () =>
      Promise.all(
        releases.map(one =>
          one.release(nonce, {
            prometheus: placeOf(one).address,
            limitMs: one.released.perSecond === 0 ? unusedPatienceMs : patienceMs,
            lose: () => places.lost.server.stop("SIGKILL"),
          }),
        ),
      ),
    );
    await course.step(steps[3]!, async () => {
      for (const one of outcomes) account(room, one);
      summarise(room, settings, outcomes);
    });
  } finally {
    for (const one of releases) one.close();
  }
  return { engines: await enginesOf(room) };
}

/** Proofs and checks of one release. */
function account({ course }: Room, { released, ...seen }: Outcome): void {
  const { id, title, bad, comesTo } = released;
  const said = seen.message === "" ? seen.outcome : `${seen.outcome}: ${seen.message.slice(0, 160)}`;
  const isAsExpected = comesTo === "not promoted" ? seen.outcome !== "promoted" : seen.outcome === comesTo;
  const word =
    comesTo === "not promoted"
      ? "is not promoted"
      : comesTo === "promoted"
        ? "is promoted"
        : comesTo === "waits for people"
          ? "waits for people"
          : "is taken back";
  if (bad) {
    const hurt = seen.users.filter(one => one.canary && one.outcome !== "answered").length;
    course.proof(`users met the bad version (${id})`, hurt > 0, `${hurt} of ${seen.asked} requests to it`);
  } else if (released.losesMeasurements)
    course.proof(`measurements were lost (${id})`, seen.faultMs !== undefined, JSON.stringify(seen.measurements));
  else if (comesTo === "promoted")
    course.proof(`users met the new version (${id})`, seen.asked > 0, `${seen.asked} requests`);
  else course.proof(`nobody met the new version (${id})`, seen.asked === 0, `${seen.asked} requests`);
  course.check(`${title}: it ${word}`, isAsExpected, said);
  if (comesTo === "promoted") {
    const wanted = [5, 25, 50, 100];
    course.check(
      `${title}: it was held at 5, 25, 50 and 100 %`,
      wanted.every(one => seen.walked.includes(one)),
      seen.walked.join(", "),
    );
    const good = (seen.measurements["error-rate successful"] ?? 0) + (seen.measurements["latency successful"] ?? 0);
    course.check(`${title}: it was measured, and well`, good >= 2, JSON.stringify(seen.measurements));
  }
  const lost = seen.users.filter(one => one.outcome === "lost").length;
  if (seen.users.length > 0)
    course.check(`${title}: no request was lost on the way`, lost === 0, `${lost} of ${seen.users.length}`);
}

/** What it measured: detection, rollback, users hit; of the document's own case and of the worst. */
function summarise({ course }: Room, settings: Settings, outcomes: readonly Outcome[]): void {
  const bad = outcomes.filter(one => one.released.bad);
  const back = bad.flatMap(({ released, faultMs, detectedMs, weightsBackMs, users }) => {
    if (faultMs === undefined || weightsBackMs === undefined) return [];
    const during = users.filter(one => one.atMs >= faultMs && one.atMs <= weightsBackMs);
    const hurt = during.filter(one => one.outcome !== "answered").length;
    const share = during.length === 0 ? 0 : (hurt / during.length) * 100;
    course.measure(`${released.id}: detected after`, (detectedMs ?? weightsBackMs) - faultMs, 1, "ms");
    course.measure(`${released.id}: taken back after`, weightsBackMs - faultMs, 1, "ms");
    course.measure(`${released.id}: users hit`, share, during.length, "%");
    return [weightsBackMs - faultMs];
  });
  const rollbackMs = Math.max(...back, back.length < bad.length ? Infinity : 0);
  const { rollbackMs: limit } = settings;
  const inTime = rollbackMs < limit;
  course.check(
    "every bad release is taken back in time",
    inTime,
    `${Math.round(rollbackMs / 1_000)} s of ${limit / 1_000} s`,
  );
  if (Number.isFinite(rollbackMs)) course.measure("rollbackMs", rollbackMs, back.length, "ms");
  const first = bad.find(one => one.released.id === "errors");
  for (const [name, at] of [
    ["fault", first?.faultMs],
    ["detected", first?.detectedMs],
    ["recovered", first?.weightsBackMs],
  ] as const)
    if (at !== undefined) course.moments.push({ name, atMs: Math.round(at) });
  const all = outcomes.flatMap(one => one.users);
  course.measure("total", all.length, all.length, "requests");
  course.measure("failed", all.filter(one => one.outcome !== "answered").length, all.length, "requests");
  course.measure("shortenedBy", factor, 1, "times");
}

async function enginesOf({ servers, programs }: Room): Promise<Record<string, string>> {
  const first = async (dir: string, program: string, args: string[]) => {
    const { stdout, stderr } = await servers.run(path.join(dir, program), args);
    return /v?(\d+\.\d+\.\d+\S*)/.exec(`${stdout}${stderr}`)?.[1] ?? "unknown";
  };
  return {
    kubernetes: await first(programs.kubernetes, "kube-apiserver", ["--version"]),
    "argo-rollouts": await first(programs.rollouts, "rollouts-controller", ["--version"]),
    prometheus: await first(programs.prometheus, "prometheus", ["--version"]),
    kwok: await first(programs.kwok, "kwok", ["--version"]),
  };
}
