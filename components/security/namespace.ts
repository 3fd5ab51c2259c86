import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import { parseQuantity } from "../../model/quantity";
import { childOf, refuse, withDefaults } from "../component";

/** A namespace that denies by default: pods, traffic and resources are each bounded. */
export interface NamespaceArgs {
  /** Name of the namespace, and of the objects in it. */
  name: string;
  /** The system the namespace belongs to; the value of `app.kubernetes.io/part-of`. */
  system: string;
  /** CPU that all pods may request together. @default "20" */
  cpu?: string;
  /** Memory that all pods may request together. @default "40Gi" */
  memory?: string;
  /** Pods that may run at once. @default 100 */
  pods?: number;
}

const defaults = { cpu: "20", memory: "40Gi", pods: 100 };

/** What a container gets that asks for nothing; small on purpose, so that asking is worth it. */
const containerDefaults = {
  default: { cpu: "500m", memory: "256Mi" },
  defaultRequest: { cpu: "50m", memory: "64Mi" },
};

/** The objects of a namespace as plain data. CPU and memory are Kubernetes quantities. */
export function namespaceSpec(args: NamespaceArgs) {
  const { name, system, cpu, memory, pods } = withDefaults(defaults, args);
  const bad = (["cpu", "memory"] as const).filter(key => !(parseQuantity({ cpu, memory }[key]) ?? 0));
  refuse(
    `namespace ${name}`,
    bad.map(key => ({
      propertyPath: key,
      reason: `${key} is "${{ cpu, memory }[key]}"; need a quantity above zero such as "${defaults[key]}"`,
    })),
  );
  const labels = { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" };
  const own = (role: string) => ({ name: role, namespace: name, labels });
  const level = "restricted";
  return {
    namespace: {
      metadata: {
        name,
        labels: {
          ...labels,
          "pod-security.kubernetes.io/enforce": level,
          "pod-security.kubernetes.io/enforce-version": "latest",
          "pod-security.kubernetes.io/audit": level,
          "pod-security.kubernetes.io/warn": level,
        },
      },
    },
    defaultDeny: { metadata: own("default-deny"), spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
    allowDns: {
      metadata: own("allow-dns"),
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
              },
            ],
            ports: [
              { protocol: "UDP", port: 53 },
              { protocol: "TCP", port: 53 },
            ],
          },
        ],
      },
    },
    quota: {
      metadata: own("quota"),
      spec: { hard: { "requests.cpu": cpu, "requests.memory": memory, "limits.memory": memory, pods: String(pods) } },
    },
    limits: { metadata: own("limits"), spec: { limits: [{ type: "Container", ...containerDefaults }] } },
  };
}

export class Namespace extends ComponentResource {
  /** The namespace's name, once it exists. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: NamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:security:Namespace", name, args, opts);
    const spec = namespaceSpec(args);
    const own = childOf(this);
    const made = new core.Namespace(name, spec.namespace, own);
    const inside = { ...own, dependsOn: [made] };
    new networking.NetworkPolicy(`${name}-default-deny`, spec.defaultDeny, inside);
    new networking.NetworkPolicy(`${name}-allow-dns`, spec.allowDns, inside);
    new core.ResourceQuota(`${name}-quota`, spec.quota, inside);
    new core.LimitRange(`${name}-limits`, spec.limits, inside);
    this.namespace = made.metadata.name;
    this.registerOutputs({ namespace: this.namespace });
  }
}
