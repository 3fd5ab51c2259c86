import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as autoscaling from "@pulumi/kubernetes/autoscaling/v2";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import { parseQuantity } from "../../model/quantity";
import type { Tier } from "../../model/tier";
import { childOf, refuse, serviceLabels, withDefaults } from "../component";
import type { ServiceObjective } from "../observability/slo";
import { namespaceNamed, oneAtATime, podsNamed, tcp } from "../pod";
import { leafSpec, trustBundle } from "../security/certificates";
import type { Importance } from "./priority";
import type { Strategy } from "./rollout";
import { rolloutSpec } from "./rollout";
import { servicePod } from "./service-pod";

/** A stateless service, highly available and closed by default (S-128, S-137, S-152). */
export interface ServiceArgs {
  /** Name of the service and of its objects. */
  name: string;
  /** The system the service belongs to. */
  system: string;
  /** Namespace it runs in; a plain string, so that it can be checked before it exists. */
  namespace: string;
  /** The tier it is judged at, where that is stricter than the stack's. */
  tier?: Tier;
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
  /** Settings out of Secrets of its namespace, by name of the variable. */
  secrets?: Record<string, { name: string; key: string }>;
  /** How important the service is; important ones are scheduled first and released step by step. @default "ordinary" */
  importance?: Importance;
  /** How a new version takes over. @default "canary" for what is important, else "rolling" */
  strategy?: Strategy;
  /** What it promises; also what a release is measured by. */
  objective?: ServiceObjective;
  /** True where the service speaks TLS, with a certificate of the internal authority below /tls. @default false */
  tls?: boolean;
  /** Name of the route from outside, where there is one: a release shifts its traffic by weight. */
  route?: string;
  /** Where traces are sent, as a URL. */
  traces?: string;
  /** Stores and dependencies it reaches: peers of its network policy, with ports. */
  reaches?: { to: object[]; ports: number[] }[];
  /** Services of the same namespace that may call this one; the gateway and Prometheus always may. */
  callers?: string[];
  /** Services of the same namespace that this one calls. */
  calls?: { name: string; port?: number }[];
}

export const serviceDefaults = {
  importance: "ordinary" as Importance,
  tls: false,
  port: 8080,
  minReplicas: 3,
  cpu: "100m",
  memory: "128Mi",
  livePath: "/livez",
  readyPath: "/readyz",
  metricsPath: "/metrics",
};

/** Share of the requested CPU at which pods are added; the rest is the 30 % headroom of S-135. */
const targetUtilization = 70;

/** How new versions of a service take over. */
export const strategyOf = ({ strategy, importance }: Pick<ServiceArgs, "strategy" | "importance">): Strategy =>
  strategy ?? (importance === "important" ? "canary" : "rolling");

/** The objects of a service as plain data. */
export function serviceSpec(args: ServiceArgs) {
  const a = withDefaults(serviceDefaults, args);
  const maxReplicas = a.maxReplicas ?? a.minReplicas * 2;
  refuseBad(a, maxReplicas);
  const labels = serviceLabels(a.system, a.name, a.tier);
  const selector = { "app.kubernetes.io/name": a.name };
  const metadata = { name: a.name, namespace: a.namespace, labels };
  const strategy = strategyOf(a);
  const template = servicePod(a, labels);
  const offered = a.tls ? { name: "https", port: 443 } : { name: "http", port: 80 };
  // Behind a rollout its controller decides which pods a Service has, and when.
  const annotations: Record<string, string> = strategy === "rolling" ? {} : { "pulumi.com/skipAwait": "true" };
  const serviceNamed = (name: string) => ({
    metadata: { ...metadata, name, annotations },
    spec: { type: "ClusterIP", selector, ports: [{ ...offered, targetPort: "http", protocol: "TCP" }] },
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
        template,
      },
    },
    // Instead of the deployment, for what is not released all at once.
    rollout: strategy === "rolling" ? undefined : rolloutSpec({ ...a, strategy }, { metadata, selector, template }),
    service: serviceNamed(a.name),
    canaryService: strategy === "rolling" ? undefined : serviceNamed(`${a.name}-canary`),
    certificate: a.tls
      ? leafSpec({
          ...metadata,
          dnsNames: [a.name, `${a.name}-canary`].flatMap(host => [
            host,
            `${host}.${a.namespace}`,
            `${host}.${a.namespace}.svc`,
            `${host}.${a.namespace}.svc.cluster.local`,
          ]),
        })
      : undefined,
    autoscaler: {
      metadata,
      spec: {
        scaleTargetRef:
          strategy === "rolling"
            ? { apiVersion: "apps/v1", kind: "Deployment", name: a.name }
            : { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: a.name },
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
    disruptionBudget: oneAtATime(metadata, selector),
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
        egress: [
          ...(a.calls ?? []).map(({ name, port }) => ({
            to: [podsNamed(name)],
            ports: [{ protocol: "TCP", port: port ?? serviceDefaults.port }],
          })),
          ...(a.reaches ?? []).map(({ to, ports }) => ({ to, ports: tcp(...ports) })),
        ],
      },
    },
    monitor: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata,
      spec: {
        selector: { matchLabels: selector },
        endpoints: [
          {
            port: offered.name,
            path: a.metricsPath,
            interval: "30s",
            ...(a.tls
              ? {
                  scheme: "https",
                  tlsConfig: {
                    ca: { configMap: { name: trustBundle.name, key: trustBundle.key } },
                    serverName: `${a.name}.${a.namespace}.svc`,
                  },
                }
              : {}),
          },
        ],
      },
    },
  };
}

function refuseBad(a: ServiceArgs & typeof serviceDefaults, maxReplicas: number): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  for (const key of ["cpu", "memory"] as const)
    if (!(parseQuantity(a[key]) ?? 0))
      faults.push({
        propertyPath: key,
        reason: `${key} is "${a[key]}"; need a quantity above zero such as "${serviceDefaults[key]}"`,
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
    const closed = new networking.NetworkPolicy(name, spec.networkPolicy, own);
    const certificate = spec.certificate ? [new CustomResource(`${name}-certificate`, spec.certificate, own)] : [];
    const service = new core.Service(name, spec.service, {
      ...own,
      dependsOn: [closed],
      // The controller writes into the services' selectors which pods are old and which are new.
      ...(spec.rollout ? { ignoreChanges: ["spec.selector"] } : {}),
    });
    const before = { ...own, dependsOn: [account, closed, ...certificate] };
    const workload = spec.rollout
      ? this.#rollout(name, spec, before)
      : new apps.Deployment(name, spec.deployment, before);
    new autoscaling.HorizontalPodAutoscaler(name, spec.autoscaler, { ...own, dependsOn: [workload] });
    new policy.PodDisruptionBudget(name, spec.disruptionBudget, own);
    new CustomResource(`${name}-monitor`, spec.monitor, own);
    const [port] = spec.service.spec.ports;
    this.endpoint = service.metadata.apply(metadata => `${metadata.name}.${metadata.namespace}.svc:${port!.port}`);
    this.registerOutputs({ endpoint: this.endpoint });
  }

  #rollout(name: string, spec: ReturnType<typeof serviceSpec>, before: pulumi.CustomResourceOptions): pulumi.Resource {
    const { rollout, canaryService } = spec;
    const own = childOf(this);
    const measured = new CustomResource(`${name}-analysis`, rollout!.analysis, own);
    const canary = new core.Service(`${name}-canary`, canaryService!, { ...own, ignoreChanges: ["spec.selector"] });
    return new CustomResource(name, rollout!.rollout, {
      ...before,
      dependsOn: [...(before.dependsOn as pulumi.Resource[]), measured, canary],
    });
  }
}
