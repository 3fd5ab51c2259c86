import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import { childOf } from "../component";

/** What people and machines may do in a namespace by hand. Everything else goes through this program (S-151). */
export interface AccessArgs {
  system: string;
  namespaces: string[];
  /** Groups that may look at everything but secrets. */
  readers?: string[];
  /** Groups that may restart, scale and end pods, as the written procedures say. */
  operators?: string[];
}

const all = (...resources: string[]) => resources;

/** Rights by role; none of them reads a Secret, opens a shell, or gives rights away. */
const rights = {
  reader: [
    {
      apiGroups: [""],
      resources: all("pods", "pods/log", "services", "endpoints", "events", "configmaps", "persistentvolumeclaims"),
      verbs: ["get", "list", "watch"],
    },
    {
      apiGroups: ["apps", "batch", "autoscaling", "policy", "networking.k8s.io"],
      resources: all(
        "deployments",
        "statefulsets",
        "replicasets",
        "jobs",
        "cronjobs",
        "horizontalpodautoscalers",
        "poddisruptionbudgets",
        "networkpolicies",
      ),
      verbs: ["get", "list", "watch"],
    },
    {
      apiGroups: ["postgresql.cnpg.io", "psmdb.percona.com", "argoproj.io", "cert-manager.io"],
      resources: all(
        "clusters",
        "backups",
        "scheduledbackups",
        "poolers",
        "perconaservermongodbs",
        "perconaservermongodbbackups",
        "rollouts",
        "analysisruns",
        "certificates",
      ),
      verbs: ["get", "list", "watch"],
    },
  ],
  operator: [
    { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
    { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: ["patch"] },
    { apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"], verbs: ["get", "patch"] },
    { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete"] },
    { apiGroups: ["argoproj.io"], resources: ["rollouts"], verbs: ["patch"] },
  ],
};

/** Roles and bindings as plain data, a pair a namespace; nothing where nobody has the role. */
export function accessSpec({ system, namespaces, readers = [], operators = [] }: AccessArgs) {
  const labels = { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" };
  const granted = [
    // Whoever may restart a thing may look at it.
    { name: "reader", rules: rights.reader, groups: [...readers, ...operators] },
    { name: "operator", rules: rights.operator, groups: operators },
  ].filter(one => one.groups.length > 0);
  return namespaces.flatMap(namespace =>
    granted.map(({ name, rules, groups }) => ({
      role: { metadata: { name, namespace, labels }, rules },
      binding: {
        metadata: { name, namespace, labels },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: groups.map(group => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group })),
      },
    })),
  );
}

export class Access extends ComponentResource {
  constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:security:Access", name, args, opts);
    const own = childOf(this);
    for (const { role, binding } of accessSpec(args)) {
      const of = `${role.metadata.namespace}-${role.metadata.name}`;
      const made = new rbac.Role(of, role, own);
      new rbac.RoleBinding(of, binding, { ...own, dependsOn: [made] });
    }
    this.registerOutputs({});
  }
}
