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

/** A job out of a CronJob, as `kubectl create job --from` makes one, with the drill's nonce in its environment. */
export function jobFrom({ metadata, spec }: CronJob, nonce: string): object {
  const { template, ...rest } = spec.jobTemplate.spec;
  const withNonce = (all: { env?: { name: string; value?: string }[] }[] | undefined) =>
    all?.map(one => ({ ...one, env: [...(one.env ?? []), { name: "NONCE", value: nonce }] }));
  const { initContainers, containers } = template.spec;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: `${metadata.name}-${nonce.slice(0, 8)}`,
      namespace: metadata.namespace,
      labels: { ...spec.jobTemplate.metadata?.labels, [nonceLabel]: nonce },
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
    },
    spec: {
      ...rest,
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

/** Runs a CronJob's job now and waits for its end; it stays until the drill is over. */
export async function runJob(
  kubectl: Kubectl,
  { namespace, cronJob, nonce, say, signal }: JobRun,
  now: () => number,
): Promise<RanJob> {
  const from = JSON.parse(await kubectl(["-n", namespace, "get", "cronjob", cronJob, "-o", "json"])) as CronJob;
  const job = jobFrom(from, nonce) as { metadata: { name: string } };
  const { name } = job.metadata;
  const started = now();
  await kubectl(["-n", namespace, "create", "-f", "-"], JSON.stringify(job));
  const deadlineMs = ((from.spec.jobTemplate.spec.activeDeadlineSeconds ?? 3_600) + 60) * 1_000;
  let ended: { type: string; message?: string } | undefined;
  while (!ended && now() - started < deadlineMs) {
    const { status } = JSON.parse(await kubectl(["-n", namespace, "get", "job", name, "-o", "json"])) as Job;
    ended = status?.conditions?.find(one => ["Complete", "Failed"].includes(one.type) && one.status === "True");
    if (ended) break;
    signal?.throwIfAborted();
    say(`${name}: ${Math.round((now() - started) / 1_000)} s`);
    await pause(2_000);
  }
  const tookMs = now() - started;
  const pods = JSON.parse(
    await kubectl(["-n", namespace, "get", "pods", "-l", `job-name=${name}`, "-o", "json"]),
  ) as Pods;
  const containers = pods.items.flatMap(({ status }) => [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ]);
  const log = await kubectl([
    ...["-n", namespace, "logs", "-l", `job-name=${name}`],
    ...["--all-containers", "--tail=-1", "--ignore-errors"],
  ]);
  return {
    ...{ name, tookMs, log },
    succeeded: ended?.type === "Complete",
    reason: ended ? (ended.message ?? ended.type) : `it did not end within ${deadlineMs / 1_000} s`,
    images: [...new Set(containers.flatMap(one => /sha256:[0-9a-f]{64}/.exec(one.imageID ?? "")?.[0] ?? []))].sort(),
    nodes: [...new Set(pods.items.flatMap(one => one.spec?.nodeName ?? []))].sort(),
  };
}

/** Takes away every job of a drill. */
export async function clear(kubectl: Kubectl, namespace: string, nonce: string): Promise<void> {
  await kubectl(["-n", namespace, "delete", "jobs", "-l", `${nonceLabel}=${nonce}`, "--wait=false"]);
}
