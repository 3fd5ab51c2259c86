import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import { parseQuantity } from "../../model/quantity";
import type { Tier } from "../../model/tier";
import { childOf, refuse, serviceLabels, withDefaults } from "../component";
import { monitoringNamespace } from "../observability/names";
import type { WorkerObjective } from "../observability/slo";
import * as pod from "../pod";
import { environmentOf } from "./environment";
import { priorityClass } from "./priority";
import { scalingDefaults, scalingOf } from "./scaling";

/** Something that takes jobs from a queue, such as the AI analysis: scaled by what waits, ended without losing a job. */
export interface WorkerArgs {
  name: string;
  system: string;
  namespace: string;
  /** The tier it is judged at, where that is stricter than the stack's. */
  tier?: Tier;
  /** Container image, by digest. */
  image: string;
  /** Pods that always run. @default 2 */
  minReplicas?: number;
  /** Pods at most. @default ten times `minReplicas` */
  maxReplicas?: number;
  /** Waiting jobs a pod is expected to bear. @default 10 */
  jobsPerPod?: number;
  /** Seconds a running job may take to end once the pod was told to. @default 300, the longest a job may take */
  drainSeconds?: number;
  cpu?: string;
  memory?: string;
  /** Port of metrics and of life and readiness. @default 8080 */
  port?: number;
  env?: Record<string, string>;
  secrets?: Record<string, { name: string; key: string }>;
  objective?: WorkerObjective;
  traces?: string;
  /** Stores and dependencies it reaches: peers of its network policy, with ports. */
  reaches?: { to: object[]; ports: number[] }[];
}

const defaults = { ...scalingDefaults, drainSeconds: 300, cpu: "250m", memory: "512Mi", port: 8080 };

/** The objects of a worker as plain data. It exports `job_duration_seconds` by outcome, and `job_queue_depth`. */
export function workerSpec(args: WorkerArgs) {
  const a = withDefaults(defaults, args);
  const { most: maxReplicas } = scalingOf(a);
  refuseBad(a, maxReplicas);
  const labels = serviceLabels(a.system, a.name, a.tier);
  const selector = { "app.kubernetes.io/name": a.name };
  const metadata = { name: a.name, namespace: a.namespace, labels };
  const probe = (path: string, failureThreshold: number) => ({
    httpGet: { path, port: "http" },
    periodSeconds: 10,
    timeoutSeconds: 3,
    failureThreshold,
  });
  return {
    serviceAccount: { metadata, automountServiceAccountToken: false },
    deployment: {
      metadata,
      spec: {
        // No `replicas`: the scaler owns them.
        revisionHistoryLimit: 5,
        progressDeadlineSeconds: 600,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: a.name,
            automountServiceAccountToken: false,
            priorityClassName: priorityClass(a.system, "background"),
            // A job that runs is finished; a pod that is ended takes no new one.
            terminationGracePeriodSeconds: a.drainSeconds + 15,
            securityContext: pod.restrictedPod(),
            topologySpreadConstraints: [pod.zoneSpread(selector)],
            containers: [
              {
                name: a.name,
                image: a.image,
                ports: [{ name: "http", containerPort: a.port, protocol: "TCP" }],
                env: environmentOf(a),
                resources: pod.resources(a.cpu, a.memory),
                startupProbe: probe("/livez", 30),
                livenessProbe: probe("/livez", 6),
                readinessProbe: probe("/readyz", 2),
                lifecycle: { preStop: { sleep: { seconds: 5 } } },
                securityContext: pod.restrictedContainer(),
                volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
              },
            ],
            volumes: [{ name: "tmp", emptyDir: { sizeLimit: "256Mi" } }],
          },
        },
      },
    },
    service: {
      metadata,
      spec: {
        type: "ClusterIP",
        selector,
        ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
      },
    },
    scaler: {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: a.name },
        minReplicaCount: a.minReplicas,
        maxReplicaCount: maxReplicas,
        pollingInterval: 15,
        cooldownPeriod: 300,
        // Nobody knows how much waits: rather too many pods than a queue that grows unseen.
        fallback: {
          failureThreshold: 3,
          replicas: Math.min(maxReplicas, a.minReplicas * 2),
          behavior: "currentReplicasIfHigher",
        },
        triggers: [
          {
            type: "prometheus",
            metadata: {
              serverAddress: `http://prometheus-operated.${monitoringNamespace}.svc:9090`,
              query: `max(job_queue_depth{namespace="${a.namespace}",service="${a.name}"})`,
              threshold: String(a.jobsPerPod),
            },
          },
        ],
      },
    },
    disruptionBudget: pod.oneAtATime(metadata, selector),
    networkPolicy: {
      metadata,
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: [pod.namespaceNamed(monitoringNamespace)], ports: pod.tcp(a.port) }],
        egress: (a.reaches ?? []).map(({ to, ports }) => ({ to, ports: pod.tcp(...ports) })),
      },
    },
    monitor: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata,
      spec: {
        selector: { matchLabels: selector },
        endpoints: [{ port: "http", path: "/metrics", interval: "30s" }],
      },
    },
    alerts: pod.alertRules("worker", metadata, workerAlerts(a, maxReplicas)),
  };
}

const workerAlerts = ({ name, namespace }: WorkerArgs, maxReplicas: number): pod.Alert[] => [
  {
    name: "QueueGrows",
    expr: `max(job_queue_oldest_seconds{namespace="${namespace}",service="${name}"}) > 600`,
    for: "10m",
    severity: "warning",
    summary: "A job has been waiting for more than ten minutes.",
  },
  {
    name: "WorkersAtTheirLimit",
    expr: `sum(kube_deployment_status_replicas{namespace="${namespace}",deployment="${name}"}) >= ${maxReplicas}`,
    for: "15m",
    severity: "warning",
    summary: "As many workers run as may, and jobs still wait.",
  },
  {
    name: "QueueUnknown",
    expr: `absent(job_queue_depth{namespace="${namespace}",service="${name}"})`,
    for: "10m",
    severity: "critical",
    summary: "Nobody knows how many jobs wait: scaling goes by guess.",
  },
];

function refuseBad(a: WorkerArgs & typeof defaults, maxReplicas: number): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  for (const key of ["cpu", "memory"] as const)
    if (!(parseQuantity(a[key]) ?? 0))
      faults.push({
        propertyPath: key,
        reason: `${key} is "${a[key]}"; need a quantity above zero such as "${defaults[key]}"`,
      });
  if (maxReplicas <= a.minReplicas)
    faults.push({
      propertyPath: "maxReplicas",
      reason: `maxReplicas is ${maxReplicas}; need more than minReplicas, ${a.minReplicas}`,
    });
  if (a.jobsPerPod < 1)
    faults.push({ propertyPath: "jobsPerPod", reason: `jobsPerPod is ${a.jobsPerPod}; need at least 1` });
  refuse(`worker ${a.name}`, faults);
}

export class Worker extends ComponentResource {
  constructor(name: string, args: WorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:delivery:Worker", name, {}, opts);
    const spec = workerSpec(args);
    const own = childOf(this);
    const account = new core.ServiceAccount(name, spec.serviceAccount, own);
    const closed = new networking.NetworkPolicy(name, spec.networkPolicy, own);
    const deployment = new apps.Deployment(name, spec.deployment, { ...own, dependsOn: [account, closed] });
    new core.Service(name, spec.service, { ...own, dependsOn: [deployment] });
    new CustomResource(`${name}-scaler`, spec.scaler, { ...own, dependsOn: [deployment] });
    new policy.PodDisruptionBudget(name, spec.disruptionBudget, own);
    new CustomResource(`${name}-monitor`, spec.monitor, own);
    new CustomResource(`${name}-alerts`, spec.alerts, own);
    this.registerOutputs({});
  }
}
