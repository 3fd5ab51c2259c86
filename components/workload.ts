import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import { sha256 } from "../model/canonical";
import type { TypeToken } from "./component";
import { childOf, serviceLabels } from "./component";
import { priorityClass } from "./delivery/priority";
import type { EnvVar } from "./pod";
import * as pod from "./pod";

/** A program of the platform's own: some pods of one container that read their settings from files. */
export interface WorkloadArgs {
  name: string;
  system: string;
  namespace: string;
  /** Image by digest. */
  image: string;
  replicas: number;
  cpu: string;
  memory: string;
  /** User of the image. */
  user?: number;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  /** Ports by name; `metrics`, where there is one, is what Prometheus scrapes. */
  ports: Record<string, number>;
  metrics?: { port: string; path?: string };
  /** Where life and readiness are asked for. */
  probe: { port: string; live: string; ready: string };
  /** Files of settings, in one folder; a change of them makes new pods. */
  config?: { mountPath: string; files: Record<string, string> };
  /** Folders that may be written to, by path; gone with the pod. */
  scratch?: Record<string, string>;
  /** Further volumes, with the folder each is mounted at, read-only. */
  volumes?: { name: string; mountPath: string; [source: string]: unknown }[];
  /** True where pods need names of their own: a StatefulSet, without volumes. */
  named?: boolean;
  /** True where the pods speak to the API server. */
  token?: boolean;
  ingress: object[];
  egress: object[];
  graceSeconds?: number;
}

/** The objects of such a program as plain data: spread over zones, closed, watched. */
export function workloadSpec(a: WorkloadArgs) {
  const labels = serviceLabels(a.system, a.name);
  const selector = { "app.kubernetes.io/name": a.name };
  const metadata = { name: a.name, namespace: a.namespace, labels };
  const probe = (path: string, failureThreshold: number) => ({
    httpGet: { path, port: a.probe.port },
    periodSeconds: 10,
    timeoutSeconds: 3,
    failureThreshold,
  });
  const scratch = Object.entries({ "/tmp": "64Mi", ...a.scratch });
  const volumeOf = (mountPath: string) => mountPath.slice(1).replace(/[^a-z0-9]/g, "-");
  const template = {
    metadata: {
      labels,
      annotations: (a.config
        ? { "greenlight.dev/config": sha256(JSON.stringify(a.config.files)).slice(0, 16) }
        : {}) as Record<string, string>,
    },
    spec: {
      serviceAccountName: a.name,
      priorityClassName: priorityClass(a.system, "important"),
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: a.graceSeconds ?? 30,
      securityContext: pod.restrictedPod(a.user),
      topologySpreadConstraints: [pod.zoneSpread(selector)],
      containers: [
        {
          name: a.name,
          image: a.image,
          ...(a.command ? { command: a.command } : {}),
          ...(a.args ? { args: a.args } : {}),
          env: a.env ?? [],
          ports: Object.entries(a.ports).map(([name, containerPort]) => ({ name, containerPort, protocol: "TCP" })),
          resources: pod.resources(a.cpu, a.memory),
          startupProbe: probe(a.probe.live, 30),
          livenessProbe: probe(a.probe.live, 6),
          readinessProbe: probe(a.probe.ready, 2),
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          securityContext: pod.restrictedContainer(),
          volumeMounts: [
            ...scratch.map(([mountPath]) => ({ name: volumeOf(mountPath), mountPath })),
            ...(a.config ? [{ name: "config", mountPath: a.config.mountPath, readOnly: true }] : []),
            ...(a.token ? [{ name: "token", mountPath: pod.tokenPath, readOnly: true }] : []),
            ...(a.volumes ?? []).map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
          ],
        },
      ],
      volumes: [
        ...scratch.map(([mountPath, sizeLimit]) => ({ name: volumeOf(mountPath), emptyDir: { sizeLimit } })),
        ...(a.config ? [{ name: "config", configMap: { name: `${a.name}-config` } }] : []),
        ...(a.token ? [pod.tokenVolume(3_600)] : []),
        ...(a.volumes ?? []).map(({ mountPath: _at, ...volume }) => volume),
      ],
    },
  };
  const ports = Object.entries(a.ports).map(([name, port]) => ({ name, port, targetPort: name, protocol: "TCP" }));
  return {
    serviceAccount: { metadata, automountServiceAccountToken: false },
    config: a.config && { metadata: { ...metadata, name: `${a.name}-config` }, data: a.config.files },
    deployment: {
      metadata,
      spec: {
        replicas: a.replicas,
        revisionHistoryLimit: 5,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: selector },
        template,
      },
    },
    statefulSet: {
      metadata,
      spec: {
        serviceName: a.name,
        replicas: a.replicas,
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate" },
        selector: { matchLabels: selector },
        template,
      },
    },
    service: {
      metadata,
      spec: {
        selector,
        ports,
        ...(a.named ? { clusterIP: "None", publishNotReadyAddresses: true } : { type: "ClusterIP" }),
      },
    },
    disruptionBudget: pod.oneAtATime(metadata, selector),
    networkPolicy: {
      metadata,
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress", "Egress"],
        ingress: a.ingress,
        egress: a.egress,
      },
    },
    monitor: a.metrics && {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata,
      spec: {
        selector: { matchLabels: selector },
        endpoints: [{ port: a.metrics.port, path: a.metrics.path ?? "/metrics", interval: "30s" }],
      },
    },
  };
}

/** Builds such a program below a component of its own name. */
export class Workload extends ComponentResource {
  readonly endpoint: string;

  constructor(token: TypeToken, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token, args.name, {}, opts);
    const spec = workloadSpec(args);
    const { name } = args;
    const own = childOf(this);
    const account = new core.ServiceAccount(name, spec.serviceAccount, own);
    const config = spec.config ? [new core.ConfigMap(`${name}-config`, spec.config, own)] : [];
    const closed = new networking.NetworkPolicy(name, spec.networkPolicy, own);
    const after = { ...own, dependsOn: [account, closed, ...config] };
    const headless = args.named ? [new core.Service(name, spec.service, own)] : [];
    const pods = args.named
      ? new apps.StatefulSet(name, spec.statefulSet, { ...own, dependsOn: [...after.dependsOn, ...headless] })
      : new apps.Deployment(name, spec.deployment, after);
    if (!args.named) new core.Service(name, spec.service, { ...own, dependsOn: [pods] });
    new policy.PodDisruptionBudget(name, spec.disruptionBudget, own);
    if (spec.monitor) new CustomResource(`${name}-monitor`, spec.monitor, own);
    const [port] = Object.values(args.ports);
    this.endpoint = `${name}.${args.namespace}.svc:${port}`;
    this.registerOutputs({ endpoint: this.endpoint });
  }
}
