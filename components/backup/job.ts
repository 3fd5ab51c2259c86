import { priorityClass } from "../delivery/priority";
import type { EnvVar } from "../pod";
import { resources, restrictedContainer, restrictedPod } from "../pod";
import type { BackupTarget } from "./plan";

/** One step of a job: a container that runs a shell script and shares `/scratch` with the steps around it. */
export interface JobStep {
  name: string;
  image: string;
  script: string;
  env?: EnvVar[];
  mounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

/** Something done at a time of day that must not be done twice at once. */
export interface CronArgs {
  metadata: { name: string; namespace: string; labels: Record<string, string>; annotations?: Record<string, string> };
  schedule: string;
  /** Run one after the other; the first that fails ends the job. */
  steps: JobStep[];
  volumes?: { name: string; [source: string]: unknown }[];
  /** Room in `/scratch`, a quantity. */
  room: string;
  /** Seconds after which a run is ended. */
  deadlineSeconds: number;
  memory?: string;
  /** User the containers run as. */
  user?: number;
  /** Service account, where the job needs an identity of its own. */
  account?: string;
}

/** A CronJob: missed runs are caught up within a deadline, none overlap, and failures are kept to be looked at. */
export function cronJobSpec(args: CronArgs) {
  const containers = args.steps.map(step => ({
    name: step.name,
    image: step.image,
    command: ["/bin/sh", "-c", step.script],
    env: step.env ?? [],
    resources: resources("100m", args.memory ?? "256Mi"),
    securityContext: restrictedContainer(),
    volumeMounts: [{ name: "work", mountPath: "/scratch" }, { name: "tmp", mountPath: "/tmp" }, ...(step.mounts ?? [])],
  }));
  return {
    metadata: args.metadata,
    spec: {
      schedule: args.schedule,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 5,
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: args.deadlineSeconds,
          ttlSecondsAfterFinished: 7 * 86_400,
          template: {
            metadata: { labels: args.metadata.labels },
            spec: {
              restartPolicy: "Never",
              ...(args.account ? { serviceAccountName: args.account } : {}),
              priorityClassName: priorityClass(args.metadata.labels["app.kubernetes.io/part-of"]!, "ordinary"),
              automountServiceAccountToken: false,
              securityContext: restrictedPod(args.user),
              ...(containers.length > 1 ? { initContainers: containers.slice(0, -1) } : {}),
              containers: containers.slice(-1),
              volumes: [
                { name: "work", emptyDir: { sizeLimit: args.room } },
                { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
                ...(args.volumes ?? []),
              ],
            },
          },
        },
      },
    },
  };
}

/** What an S3 client in a container needs to know; without a Secret the pod's own identity serves. */
export const targetEnv = (target: BackupTarget): EnvVar[] => [
  { name: "BUCKET", value: target.bucket },
  ...(target.region ? [{ name: "AWS_REGION", value: target.region }] : []),
  ...(target.endpoint ? [{ name: "AWS_ENDPOINT_URL", value: target.endpoint }] : []),
  { name: "SSE", value: target.encryption ?? "aws:kms" },
  ...(target.credentials
    ? [
        { name: "AWS_ACCESS_KEY_ID", valueFrom: { secretKeyRef: { name: target.credentials, key: "access-key" } } },
        { name: "AWS_SECRET_ACCESS_KEY", valueFrom: { secretKeyRef: { name: target.credentials, key: "secret-key" } } },
      ]
    : []),
];
