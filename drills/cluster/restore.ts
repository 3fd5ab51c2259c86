import type { Settings } from "../drill";
import { pause } from "../servers";
import type { ClusterDrill, ClusterRoom } from "./drill";
import { anotherNonce, placeOf, refuseFailed, writtenNonce } from "./drill";
import type { Kubectl, RanJob } from "./jobs";
import { clear, runJob } from "./jobs";
import type { ClusterRestore } from "./restores";

const clusterSteps = [
  "write the nonce, and back up",
  "wait until it has left the store",
  "restore by the component's job",
  "look at what came back",
];

/** A restore as a drill. */
export const restoreDrill = (one: ClusterRestore): ClusterDrill => ({
  ...one,
  kind: "restore drill",
  requirements: ["S-130", "S-131", "S-132", "S-133"],
  steps: clusterSteps,
  sabotages: {
    "no fault": { what: "nothing is backed up or restored", comesTo: "invalid" },
    "another nonce": anotherNonce,
  },
  run: (room, settings) => restoreInCluster(one, settings, room),
});

/** What the last job of a restore says, out of its log. */
export function saidBy(log: string): { nonce?: string; ageMinutes?: number; compared?: number } {
  const nonce = /^nonce ([0-9a-f]{8,64})\s*$/m.exec(log)?.[1];
  const age = /(\d+) min old/.exec(log)?.[1];
  const compared = [...log.matchAll(/(\d+) objects compared/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  return {
    ...(nonce === undefined ? {} : { nonce }),
    ...(age === undefined ? {} : { ageMinutes: Number(age) }),
    ...(compared > 0 ? { compared } : {}),
  };
}

/** How long ago a CronJob last succeeded by itself, in milliseconds; Infinity where it never did. */
async function ageOfLast(kubectl: Kubectl, namespace: string, cronJob: string): Promise<number> {
  const { status } = JSON.parse(await kubectl(["-n", namespace, "get", "cronjob", cronJob, "-o", "json"])) as {
    status?: { lastSuccessfulTime?: string };
  };
  const at = Date.parse(status?.lastSuccessfulTime ?? "");
  return Number.isNaN(at) ? Infinity : Math.max(0, Date.now() - at);
}

/**
 * Restores a store in the cluster by its component's own jobs, into a place of its own: the store itself is not touched. What makes it a
 * drill is the nonce, written into the data after it began and found in what came back, by a job that really ran its containers.
 */
async function restoreInCluster(
  one: ClusterRestore,
  settings: Settings,
  room: ClusterRoom,
): Promise<{ engines: Record<string, string>; images: string[] }> {
  const { kubectl, course, nonce, sabotage, signal } = room;
  const { name, namespace } = placeOf(settings, one.store);
  const written = writtenNonce(room);
  const jobs: RanJob[] = [];
  const run = async (suffix: string): Promise<RanJob> => {
    signal?.throwIfAborted();
    const done = await runJob(
      kubectl,
      { namespace, cronJob: `${name}-${suffix}`, nonce: written, say: course.say, signal },
      course.now,
    );
    jobs.push(done);
    course.proof("the component's job was run", true, `${done.name}, ${Math.round(done.tookMs / 1_000)} s`);
    refuseFailed(done);
    return done;
  };
  try {
    let lastBackupMs: number | undefined;
    await course.step(clusterSteps[0]!, async () => {
      if (sabotage === "no fault") return;
      // What is backed up for the drill is no backup by the clock: how old that one is by now is what would be lost.
      const scheduled = one.before.find(suffix => suffix !== "heartbeat");
      if (scheduled !== undefined) lastBackupMs = await ageOfLast(kubectl, namespace, `${name}-${scheduled}`);
      for (const suffix of one.before) await run(suffix);
    });
    await course.step(clusterSteps[1]!, () => pause(sabotage === "no fault" ? 0 : one.settleMs(settings)));
    const restored = await course.step(clusterSteps[2]!, async () => {
      course.moment("fault");
      if (sabotage === "no fault") return undefined;
      const done = await run("restore-drill");
      course.moment("recovered");
      return done;
    });
    await course.step(clusterSteps[3]!, async () => {
      const said = saidBy(restored?.log ?? "");
      course.proof(
        "containers really ran",
        (restored?.images ?? []).length > 0,
        `${restored?.images.length ?? 0} images`,
      );
      course.proof("what came back holds this drill's nonce", said.nonce === nonce, said.nonce ?? "none");
      if (!restored) return;
      const promised = settings.plan[one.store].provable.rpoMinutes;
      const scheduledAge = lastBackupMs === undefined ? 0 : Math.ceil(lastBackupMs / 60_000);
      const age = Math.max(said.ageMinutes ?? Infinity, scheduledAge);
      course.check("no more is lost than the plan proves", age <= promised, `${age} of ${promised} min`);
      const { rtoMs, rpoMs } = settings;
      course.check("RTO is below its limit", restored.tookMs < rtoMs, `${Math.round(restored.tookMs / 1_000)} s`);
      course.check("RPO is below its limit", age * 60_000 < rpoMs, `${age} min`);
      if (one.store === "objectStore")
        course.check("objects are as they were written", (said.compared ?? 0) > 0, `${said.compared ?? 0} compared`);
      course.measure("rtoMs", restored.tookMs, 1, "ms");
      if (Number.isFinite(age)) course.measure("rpoMs", age * 60_000, 1, "ms");
    });
  } finally {
    await clear(kubectl, namespace, written).catch(() => undefined);
  }
  const images = [...new Set(jobs.flatMap(job => job.images))].sort();
  return {
    engines: Object.fromEntries(jobs.map(job => [job.name.replace(/-[0-9a-f]{8}$/, ""), job.nodes.join(" ")])),
    images,
  };
}
