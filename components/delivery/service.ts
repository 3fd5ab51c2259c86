import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as autoscaling from "@pulumi/kubernetes/autoscaling/v2";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import { parseQuantity } from "../../model/quantity";
import { childOf, refuse, serviceLabels, withDefaults } from "../component";
import { namespaceNamed, podsNamed, resources, restrictedContainer, restrictedPod } from "../pod";

/** A stateless service, highly available and closed by default. */
export interface ServiceArgs {
  /** Name of the service and of its objects. */
  name: string;
  /** The system the service belongs to. */
  system: string;
  /** Namespace it runs in; a plain string, so that it can be checked before it exists. */
  namespace: string;
  /** Container image, by digest. */
  image: string;
  /** Port the container listens on; the service offers it as 80. @default 8080 */
  port?: number;
  /** Pods that always run. @default 3 */
  minReplicas?: number;
  /** Pods at most under load. @default twice `minReplicas` */
  maxReplicas?: number;
  /** CPU a pod asks for. @default "100m" */
  cpu?: string;
  /** Memory a pod asks for, and its limit. @default "128Mi" */
  memory?: string;
  /** HTTP path that says the process is alive. @default "/livez" */
  livePath?: string;
  /** HTTP path that says requests can be served. @default "/readyz" */
  readyPath?: string;
  /** HTTP path of the metrics. @default "/metrics" */
  metricsPath?: string;
  /** Plain settings; no secret belongs here. */
  env?: Record<string, string>;
  /** Services of the same namespace that may call this one; the gateway and Prometheus always may. */
  callers?: string[];
  /** Services of the same namespace that this one calls. */
  calls?: { name: string; port?: number }[];
}

const defaults = {
  port: 8080,
  minReplicas: 3,
  cpu: "100m",
  memory: "128Mi",
  livePath: "/livez",
  readyPath: "/readyz",
  metricsPath: "/metrics",
};

/** Seconds a pod goes on serving after it was told to stop, until every proxy has heard of it. */
const drainSeconds = 5;
/** Share of the requested CPU at which pods are added; the rest is the 30 % headroom of S-135. */
const targetUtilization = 70;

/** The objects of a service as plain data. */
export function serviceSpec(args: ServiceArgs) {
  const a = withDefaults(defaults, args);
  const maxReplicas = a.maxReplicas ?? a.minReplicas * 2;
  refuseBad(a, maxReplicas);
  const labels = serviceLabels(a.system, a.name);
  const selector = { "app.kubernetes.io/name": a.name };
  const metadata = { name: a.name, namespace: a.namespace, labels };
  const spread = (topologyKey: string, whenUnsatisfiable: string) => ({
    topologyKey,
    whenUnsatisfiable,
    maxSkew: 1,
    labelSelector: { matchLabels: selector },
    // A zone that is drained or gone does not count: its pods go to the others instead of waiting for it.
    nodeTaintsPolicy: "Honor",
    matchLabelKeys: ["pod-template-hash"],
  });
  const probe = (path: string, failureThreshold: number) => ({
    httpGet: { path, port: "http" },
    periodSeconds: 5,
    timeoutSeconds: 2,
    failureThreshold,
  });
  return {
    serviceAccount: { metadata, automountServiceAccountToken: false },
    deployment: {
      metadata,
      spec: {
        // No `replicas`: the autoscaler owns them, and two owners of one field fight.
        revisionHistoryLimit: 5,
        progressDeadlineSeconds: 300,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: a.name,
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 30 + drainSeconds,
            securityContext: restrictedPod(),
            topologySpreadConstraints: [
              spread("topology.kubernetes.io/zone", "DoNotSchedule"),
              spread("kubernetes.io/hostname", "ScheduleAnyway"),
            ],
            containers: [
              {
                name: a.name,
                image: a.image,
                ports: [{ name: "http", containerPort: a.port, protocol: "TCP" }],
                env: Object.entries(a.env ?? {}).map(([name, value]) => ({ name, value })),
                resources: resources(a.cpu, a.memory),
                startupProbe: probe(a.livePath, 30),
                livenessProbe: probe(a.livePath, 6),
                readinessProbe: probe(a.readyPath, 2),
                lifecycle: { preStop: { sleep: { seconds: drainSeconds } } },
                securityContext: restrictedContainer(),
                volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
              },
            ],
            volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
          },
        },
      },
    },
    service: {
      metadata,
      spec: { type: "ClusterIP", selector, ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }] },
    },
    autoscaler: {
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: a.name },
        minReplicas: a.minReplicas,
        maxReplicas,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: targetUtilization } },
          },
        ],
      },
    },
    disruptionBudget: {
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: selector }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    },
    networkPolicy: {
      metadata,
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          {
            from: [namespaceNamed("gateway"), namespaceNamed("monitoring"), ...(a.callers ?? []).map(podsNamed)],
            ports: [{ protocol: "TCP", port: a.port }],
          },
        ],
        egress: (a.calls ?? []).map(({ name, port }) => ({
          to: [podsNamed(name)],
          ports: [{ protocol: "TCP", port: port ?? defaults.port }],
        })),
      },
    },
    monitor: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata,
      spec: {
        selector: { matchLabels: selector },
        endpoints: [{ port: "http", path: a.metricsPath, interval: "30s" }],
      },
    },
  };
}

function refuseBad(a: ServiceArgs & typeof defaults, maxReplicas: number): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  for (const key of ["cpu", "memory"] as const)
    if (!(parseQuantity(a[key]) ?? 0))
      faults.push({
        propertyPath: key,
        reason: `${key} is "${a[key]}"; need a quantity above zero such as "${defaults[key]}"`,
      });
  if (maxReplicas < a.minReplicas)
    faults.push({
      propertyPath: "maxReplicas",
      reason: `maxReplicas is ${maxReplicas}; need at least minReplicas, ${a.minReplicas}`,
    });
  refuse(`service ${a.name}`, faults);
}

export class Service extends ComponentResource {
  /** Where the service is reached inside the cluster, as `host:port`. */
  readonly endpoint: pulumi.Output<string>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:delivery:Service", name, args, opts);
    const spec = serviceSpec(args);
    const own = childOf(this);
    const account = new core.ServiceAccount(name, spec.serviceAccount, own);
    new networking.NetworkPolicy(name, spec.networkPolicy, own);
    const deployment = new apps.Deployment(name, spec.deployment, { ...own, dependsOn: [account] });
    const service = new core.Service(name, spec.service, own);
    new autoscaling.HorizontalPodAutoscaler(name, spec.autoscaler, { ...own, dependsOn: [deployment] });
    new policy.PodDisruptionBudget(name, spec.disruptionBudget, own);
    new CustomResource(`${name}-monitor`, spec.monitor, own);
    this.endpoint = service.metadata.apply(metadata => `${metadata.name}.${metadata.namespace}.svc:80`);
    this.registerOutputs({ endpoint: this.endpoint });
  }
}
