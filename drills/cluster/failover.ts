import type { Settings } from "../drill";
import { pause, until } from "../servers";
import type { ClusterDrill, ClusterRoom } from "./drill";
import { anotherNonce, placeOf, refuseFailed, writtenNonce } from "./drill";
import type { Kubectl } from "./jobs";
import { clear, endOf, finished, logOf, startJob } from "./jobs";
import type { WriterScript } from "./writers";
import { postgresWriters, redisWriters, writing } from "./writers";

const steps = [
  "write without pause",
  "delete the primary's pod",
  "wait until another takes writes",
  "compare with what was confirmed",
  "wait until the store is whole again",
];

/** How long is written; what takes over has to do it within. */
const writtenSeconds = 120;
/** How long writers may take to begin: an image may have to be fetched. */
const beginMs = 300_000;
/** How long clients may have to wait until somebody takes their writes again. */
const switchMs = 60_000;
/** A gap that nobody would notice shows nothing. */
const feltMs = 500;
/** How long the pod that was deleted may take to be back. */
const wholeMs = 600_000;

/** A store whose primary is deleted while it is written to. */
interface Failover extends Pick<ClusterDrill, "id" | "title"> {
  store: "postgres" | "redis";
  writers: WriterScript;
}

const failovers: readonly Failover[] = [
  {
    id: "failover postgres",
    title: "PostgreSQL's primary is deleted in the cluster, and nothing that was confirmed is lost",
    store: "postgres",
    writers: postgresWriters,
  },
  {
    id: "failover redis",
    title: "Redis' primary is deleted in the cluster, and nothing that all replicas had is lost",
    store: "redis",
    writers: redisWriters,
  },
];

export const clusterFailovers: readonly ClusterDrill[] = failovers.map(one => ({
  ...one,
  kind: "failure drill",
  requirements: ["S-128", "S-129"],
  steps,
  breaks: `it deletes the pod that ${one.store} is written to by`,
  sabotages: {
    "no fault": { what: "no pod is deleted", comesTo: "invalid" },
    "another nonce": anotherNonce,
  },
  run: (room, settings) => failover(one, room, settings),
}));

/** What the writers say, out of their log. */
export function countedBy(log: string) {
  const counted = /^(\d+) confirmed, (\d+) lost, (\d+) refused, (\d+) ms without one$/m.exec(log);
  const [confirmed, lost, refused, gapMs] = counted?.slice(1).map(Number) ?? [];
  return {
    began: /^writing to (\S+)$/m.exec(log)?.[1],
    ended: /^writing ended at (\S+)$/m.exec(log)?.[1],
    nonce: /^nonce ([0-9a-f]{8,64})$/m.exec(log)?.[1],
    ...{ confirmed, lost, refused, gapMs },
  };
}

interface Pod {
  metadata: { name: string; uid: string };
  status?: { podIP?: string; conditions?: { type: string; status: string }[] };
}

interface Service {
  metadata: { name: string };
  spec: { clusterIP?: string };
}

/** Everything of a kind in a namespace. */
const all = async <T>(kubectl: Kubectl, namespace: string, kind: string): Promise<T[]> =>
  (JSON.parse(await kubectl(["-n", namespace, "get", kind, "-o", "json"])) as { items: T[] }).items;

/** The pod behind an address: its own, or that of the service which is called like it. */
async function podAt(kubectl: Kubectl, namespace: string, address: string): Promise<Pod | undefined> {
  const pods = await all<Pod>(kubectl, namespace, "pods");
  const services = await all<Service>(kubectl, namespace, "services");
  const service = services.find(one => one.spec.clusterIP === address)?.metadata.name;
  return pods.find(one => one.status?.podIP === address || one.metadata.name === service);
}

/**
 * Writes to a store by a job, deletes the pod of its primary in the middle, and lets the job look for what it was promised. What makes it
 * a drill: containers really ran, the pod was deleted and another took over, writers felt it, and what they find is their own.
 */
async function failover(one: Failover, room: ClusterRoom, settings: Settings) {
  const { kubectl, course, nonce, sabotage, signal } = room;
  const { name, namespace } = placeOf(settings, one.store);
  const written = writtenNonce(room);
  const run = { namespace, cronJob: `${name}-heartbeat`, nonce: written, say: course.say, signal };
  try {
    const script = writing(one.writers, writtenSeconds);
    const instead = { name: `${name}-failover`, script, deadlineSeconds: writtenSeconds + 600 };
    const { job, primary } = await course.step(steps[0]!, async () => {
      const made = await startJob(kubectl, run, course.now, instead);
      const began = await beginning(room, namespace, made.name);
      course.proof("writes were confirmed before the fault", began !== undefined, began ?? "none");
      const found = began === undefined ? undefined : await podAt(kubectl, namespace, began);
      course.proof("the primary's pod was found", found !== undefined, found?.metadata.name ?? "none");
      return { job: made, primary: found };
    });
    // Nothing is broken that nobody writes to.
    if (!primary) return { engines: {}, images: [] };
    await course.step(steps[1]!, async () => {
      course.moment("fault");
      // A second, and waited for: by force a set's next pod could have the volume while the one before still writes to it.
      if (sabotage !== "no fault")
        await kubectl(["-n", namespace, "delete", "pod", primary.metadata.name, "--grace-period=1"]);
      const pods = await all<Pod>(kubectl, namespace, "pods");
      const isGone = !pods.some(pod => pod.metadata.uid === primary.metadata.uid);
      course.proof("the primary's pod is gone", isGone, `${primary.metadata.name} ${primary.metadata.uid}`);
    });
    const done = await course.step(steps[2]!, () => finished(kubectl, run, job, course.now));
    const { log, images } = done;
    const counted = countedBy(log);
    await course.step(steps[3]!, async () => {
      refuseFailed(done);
      const leads = counted.ended === undefined ? undefined : await podAt(kubectl, namespace, counted.ended);
      const another = leads !== undefined && leads.metadata.name !== primary.metadata.name;
      course.proof("another took over", another, `${primary.metadata.name}, then ${leads?.metadata.name ?? "nobody"}`);
      course.proof("containers really ran", images.length > 0, `${images.length} images`);
      course.proof("what is there holds this drill's nonce", counted.nonce === nonce, counted.nonce ?? "none");
      const { confirmed = 0, lost = NaN, refused = 0, gapMs = NaN } = counted;
      course.proof("writers felt it", gapMs > feltMs, `${refused} refused, ${gapMs} ms without a write`);
      course.check("nothing that was confirmed is lost", lost === 0, `${lost} of ${confirmed}`);
      course.check(`another takes writes within ${switchMs / 1_000} s`, gapMs <= switchMs, `${gapMs} ms`);
      course.measure("switchMs", gapMs, 1, "ms");
      course.measure("failed", lost, confirmed, "writes");
      course.measure("total", confirmed, confirmed, "writes");
    });
    await course.step(steps[4]!, async () => {
      const isThere = () => {
        signal?.throwIfAborted();
        return isReady(kubectl, namespace, primary);
      };
      const isBack = await until(isThere, wholeMs, 2_000);
      course.check("the pod that was deleted is back", isBack, primary.metadata.name);
      if (isBack) course.moment("recovered");
    });
    return { engines: { [job.name.replace(/-[0-9a-f]{8}$/, "")]: done.nodes.join(" ") }, images };
  } finally {
    await clear(kubectl, namespace, written).catch(() => undefined);
  }
}

/** Where the writers say that they write; undefined where they ended or did not begin in time. */
async function beginning({ kubectl, course, signal }: ClusterRoom, namespace: string, job: string) {
  const from = course.now();
  while (course.now() - from < beginMs) {
    // A container that does not run yet has no log.
    const { began } = countedBy(await logOf(kubectl, namespace, job).catch(() => ""));
    if (began !== undefined || (await endOf(kubectl, namespace, job))) return began;
    signal?.throwIfAborted();
    await pause(1_000);
  }
  return undefined;
}

/** Whether a pod of that name is ready. */
async function isReady(kubectl: Kubectl, namespace: string, { metadata }: Pod): Promise<boolean> {
  const now = (await all<Pod>(kubectl, namespace, "pods")).find(pod => pod.metadata.name === metadata.name);
  return now?.status?.conditions?.some(one => one.type === "Ready" && one.status === "True") ?? false;
}
