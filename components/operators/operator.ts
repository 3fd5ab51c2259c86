import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as helm from "@pulumi/kubernetes/helm/v4";
import * as networking from "@pulumi/kubernetes/networking/v1";
import { childOf } from "../component";
import * as pod from "../pod";
import { Namespace } from "../security/namespace";
import versions from "../versions.json";
import { chartValues } from "./values";

interface Group {
  namespace: string;
  /** Entries of versions.json whose charts are installed, in this order. */
  parts: (keyof typeof versions)[];
  /** Ports of webhooks, which the API server calls, and of plugins, which pods of the namespace call. */
  webhooks: number[];
  metrics: number[];
}

/** What can be installed, each in a namespace of its own; a cluster may have any of it already. */
export const operatorGroups = {
  certificates: {
    namespace: "cert-manager",
    parts: ["cert-manager", "trust-manager"],
    webhooks: [10250, 6443],
    metrics: [9402],
  },
  secrets: { namespace: "external-secrets", parts: ["external-secrets"], webhooks: [10250], metrics: [8080] },
  postgres: {
    namespace: "cnpg-system",
    parts: ["cloudnative-pg", "plugin-barman-cloud"],
    webhooks: [9443, 9090],
    metrics: [8080],
  },
  mongodb: { namespace: "psmdb-system", parts: ["percona-server-mongodb-operator"], webhooks: [], metrics: [8080] },
  monitoring: { namespace: "monitoring-system", parts: ["prometheus-operator"], webhooks: [10250], metrics: [8080] },
  gateway: {
    namespace: "envoy-gateway-system",
    parts: ["envoy-gateway"],
    webhooks: [18000, 18001, 18002, 9443],
    metrics: [19001],
  },
  scaling: { namespace: "keda", parts: ["keda"], webhooks: [6443, 9443], metrics: [8080, 9022] },
  rollouts: { namespace: "argo-rollouts", parts: ["argo-rollouts"], webhooks: [], metrics: [8090] },
  velero: { namespace: "velero", parts: ["velero"], webhooks: [], metrics: [8085] },
} as const satisfies Record<string, Group>;

export type OperatorName = keyof typeof operatorGroups;
export const operatorNames = Object.keys(operatorGroups) as OperatorName[];

export interface OperatorArgs {
  name: OperatorName;
  system: string;
  /** Networks the API server calls webhooks from. @default the private ranges */
  apiServers?: string[];
}

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** The charts of an operator and what stands around them, as plain data. */
export function operatorSpec({ name, system, apiServers = privateRanges }: OperatorArgs) {
  const group: Group = operatorGroups[name];
  const labels = { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" };
  const { namespace } = group;
  const servers = apiServers.map(cidr => ({ ipBlock: { cidr } }));
  return {
    namespace: { name: namespace, system },
    networkPolicy: {
      metadata: { name: "operator", namespace, labels },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [{ podSelector: {} }] },
          { from: [pod.namespaceNamed("monitoring")], ports: pod.tcp(...group.metrics) },
          ...(group.webhooks.length > 0 ? [{ from: servers, ports: pod.tcp(...group.webhooks) }] : []),
        ],
        egress: [
          { to: [{ podSelector: {} }] },
          // The API server, and what an operator speaks to: pods of its kind, certificate authorities, cloud services.
          { to: [...servers, pod.outside], ports: pod.tcp(443, 6443, 8000, 9443, 27017) },
        ],
      },
    },
    charts: group.parts.flatMap(part => {
      const entry = versions[part] as { charts?: { chart: string; version: string; repository?: string }[] };
      return (entry.charts ?? []).map(({ chart, version, repository }) => {
        const release = chart.split("/").pop()!;
        return {
          name: release,
          namespace,
          chart,
          version,
          ...(repository ? { repositoryOpts: { repo: repository } } : {}),
          values: chartValues[release]!,
        };
      });
    }),
  };
}

/** Removing a kind's definition removes every object of the kind: neither a mistake nor a destroy may do that. */
const keepDefinitions: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type.startsWith("kubernetes:apiextensions.k8s.io/") && type.endsWith(":CustomResourceDefinition")
    ? { props, opts: { ...opts, protect: true, retainOnDelete: true } }
    : undefined;

/** An operator: its namespace, closed, and its charts at one version each, one after the other. */
export class Operator extends ComponentResource {
  constructor(args: OperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:operators:Operator", args.name, {}, opts);
    const spec = operatorSpec(args);
    const own = childOf(this);
    const namespace = new Namespace(spec.namespace.name, spec.namespace, own);
    const policy = new networking.NetworkPolicy(`${args.name}-operator`, spec.networkPolicy, {
      ...own,
      dependsOn: [namespace],
    });
    let before: pulumi.Resource[] = [namespace, policy];
    for (const chart of spec.charts)
      before = [new helm.Chart(chart.name, chart, { ...own, dependsOn: before, transforms: [keepDefinitions] })];
    this.registerOutputs({});
  }
}
