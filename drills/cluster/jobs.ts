import { pause } from "../servers";

/** `kubectl` with the cluster it talks to: gives what it printed, and throws where it fails. */
export type Kubectl = (args: string[], input?: string) => Promise<string>;

interface Template {
  spec: {
    activeDeadlineSeconds?: number;
    template: {
      metadata?: { labels?: Record<string, string> };
      spec: Record<"initContainers" | "containers", { env?: { name: string; value?: string }[] }[] | undefined>;
    };
  };
}
interface CronJob {
  metadata: { name: string; namespace: string };
  spec: { jobTemplate: Template & { metadata?: { labels?: Record<string, string> } }; suspend?: boolean };
}
interface Job {
  metadata: { uid?: string };
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}
interface Pods {
  items: {
    spec?: { nodeName?: string };
    status?: { initContainerStatuses?: Container[]; containerStatuses?: Container[] };
  }[];
}
interface Container {
  imageID?: string;
  state?: { terminated?: { exitCode?: number } };
}

/** What one job came to. */
export interface RanJob {
  name: string;
  succeeded: boolean;
  /** Why it did not. */
  reason: string;
  tookMs: number;
  log: string;
  /** Digests of the images its containers really ran. */
  images: string[];
  nodes: string[];
}

export const nonceLabel = "greenlight.dev/drill";

/** What a job does in place of what its CronJob does: its last container's script, and how long it may take. */
export interface Instead {
  /** What the job is called, before the nonce. */
  name: string;
  script: string;
  deadlineSeconds: number;
}

/** A job out of a CronJob, as `kubectl create job --from` makes one, with the drill's nonce in its environment. */
export function jobFrom({ metadata, spec }: CronJob, nonce: string, instead?: Instead): object {
  const { template, ...rest } = spec.jobTemplate.spec;
  const withNonce = (all: { env?: { name: string; value?: string }[] }[] | undefined) =>
    all?.map(one => ({ ...one, env: [...(one.env ?? []), { name: "NONCE", value: nonce }] }));
  const { initContainers } = template.spec;
  const containers = instead
    ? template.spec.containers?.map(one => ({ ...one, command: ["/bin/sh", "-c", instead.script] }))
    : template.spec.containers;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: `${instead?.name ?? metadata.name}-${nonce.slice(0, 8)}`,
      namespace: metadata.namespace,
      labels: { ...spec.jobTemplate.metadata?.labels, [nonceLabel]: nonce },
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
    },
    spec: {
      ...rest,
      ...(instead ? { activeDeadlineSeconds: instead.deadlineSeconds } : {}),
      // A second try would be another drill.
      backoffLimit: 0,
      template: {
        ...template,
        spec: {
          ...template.spec,
          ...(initContainers ? { initContainers: withNonce(initContainers) } : {}),
          containers: withNonce(containers),
        },
      },
    },
  };
}

export interface JobRun {
  namespace: string;
  cronJob: string;
  nonce: string;
  say: (text: string) => void;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
}

/** A job that was made; it stays until the drill is over. */
export interface MadeJob {
  name: string;
  startedMs: number;
  deadlineMs: number;
}

/** Makes a job out of a CronJob, now. */
export async function startJob(
  kubectl: Kubectl,
  { namespace, cronJob, nonce }: JobRun,
  now: () => number,
  instead?: Instead,
): Promise<MadeJob> {
  const from = JSON.parse(await kubectl(["-n", namespace, "get", "cronjob", cronJob, "-o", "json"])) as CronJob;
  const job = jobFrom(from, nonce, instead) as { metadata: { name: string }; spec: Template["spec"] };
  const startedMs = now();
  await kubectl(["-n", namespace, "create", "-f", "-"], JSON.stringify(job));
  const deadlineMs = ((job.spec.activeDeadlineSeconds ?? 3_600) + 60) * 1_000;
  return { name: job.metadata.name, startedMs, deadlineMs };
}

/** What a job's containers have said so far. */
export const logOf = (kubectl: Kubectl, namespace: string, job: string): Promise<string> =>
  kubectl([
    ...["-n", namespace, "logs", "-l", `job-name=${job}`],
    ...["--all-containers", "--tail=-1", "--ignore-errors"],
  ]);

/** How a job ended; undefined as long as it goes on. */
export async function endOf(
  kubectl: Kubectl,
  namespace: string,
  job: string,
): Promise<{ type: string; message?: string } | undefined> {
  const { status } = JSON.parse(await kubectl(["-n", namespace, "get", "job", job, "-o", "json"])) as Job;
  return status?.conditions?.find(one => ["Complete", "Failed"].includes(one.type) && one.status === "True");
}

/** Waits for the end of a job, and looks at what really ran. */
export async function finished(
  kubectl: Kubectl,
  { namespace, say, signal }: JobRun,
  { name, startedMs, deadlineMs }: MadeJob,
  now: () => number,
): Promise<RanJob> {
  let ended: { type: string; message?: string } | undefined;
  while (!ended && now() - startedMs < deadlineMs) {
    ended = await endOf(kubectl, namespace, name);
    if (ended) break;
    signal?.throwIfAborted();
    say(`${name}: ${Math.round((now() - startedMs) / 1_000)} s`);
    await pause(2_000);
  }
  const tookMs = now() - startedMs;
  const pods = JSON.parse(
    await kubectl(["-n", namespace, "get", "pods", "-l", `job-name=${name}`, "-o", "json"]),
  ) as Pods;
  const containers = pods.items.flatMap(({ status }) => [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ]);
  return {
    ...{ name, tookMs, log: await logOf(kubectl, namespace, name) },
    succeeded: ended?.type === "Complete",
    reason: ended ? (ended.message ?? ended.type) : `it did not end within ${deadlineMs / 1_000} s`,
    images: [...new Set(containers.flatMap(one => /sha256:[0-9a-f]{64}/.exec(one.imageID ?? "")?.[0] ?? []))].sort(),
    nodes: [...new Set(pods.items.flatMap(one => one.spec?.nodeName ?? []))].sort(),
  };
}

/** Runs a CronJob's job now and waits for its end. */
export async function runJob(kubectl: Kubectl, run: JobRun, now: () => number): Promise<RanJob> {
  return finished(kubectl, run, await startJob(kubectl, run, now), now);
}

/** Takes away every job of a drill. */
export async function clear(kubectl: Kubectl, namespace: string, nonce: string): Promise<void> {
  await kubectl(["-n", namespace, "delete", "jobs", "-l", `${nonceLabel}=${nonce}`, "--wait=false"]);
}
