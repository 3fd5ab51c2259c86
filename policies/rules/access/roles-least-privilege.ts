import { notKnown, system } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Role {
  rules?: { apiGroups?: string[]; resources?: string[]; verbs?: string[] }[];
  roleRef?: { name?: string };
}

interface Read {
  isBinding: boolean;
  role: Role;
}

function roles(resource: Resource): Subject<Read>[] {
  if (resource.group !== "rbac.authorization.k8s.io") return [];
  const isBinding = /Binding$/.test(resource.kind ?? "");
  if (!isBinding && !/Role$/.test(resource.kind ?? "")) return [];
  return [{ resource, path: "", read: () => ({ isBinding, role: readAll<Role>(resource) }) }];
}

/** Verbs by which somebody gets more than he was given. Source: kubernetes.io, "RBAC good practices". */
const climbing = ["escalate", "bind", "impersonate"];

const role = (rules: unknown): ExampleResource[] => [
  {
    type: "kubernetes:rbac.authorization.k8s.io/v1:Role",
    name: "r",
    props: { metadata: { name: "r", namespace: "shop" }, rules },
  },
];

export const rolesLeastPrivilege = defineRule<Read>({
  id: "GL-RBAC-02",
  slug: "roles-least-privilege",
  title: "Roles name what they allow.",
  why: "A wildcard covers what is added tomorrow, Secrets among it; escalate, bind and impersonate cover everything.",
  fix: "List groups, resources and verbs; bind roles of your own instead of cluster-admin.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["CIS:5.1.1", "CIS:5.1.3", "NIST:AC-6", "SOC2:CC6.3"],
  scope: "resource",
  inspects: "role",
  subjects: roles,
  check: ({ isBinding, role: { rules = [], roleRef } }) => {
    if (isBinding)
      return roleRef?.name === "cluster-admin"
        ? [{ path: "roleRef.name", found: "cluster-admin", needed: "a role of its own" }]
        : [];
    return rules.flatMap((rule, index): Violation[] => {
      const wild = (["apiGroups", "resources", "verbs"] as const).filter(key =>
        (rule[key] ?? []).some(one => one === "*"),
      );
      const climbs = (rule.verbs ?? []).filter(verb => climbing.includes(verb));
      return [
        ...wild.map(key => ({ path: `rules[${index}].${key}`, found: "everything", needed: "a list" })),
        ...climbs.map(() => ({
          path: `rules[${index}].verbs`,
          found: "a way to more rights",
          needed: "verbs on resources only",
        })),
      ];
    });
  },
  weaken: (subject, all) => {
    const wider = {
      ...subject.props,
      rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
      roleRef: { name: "cluster-admin" },
    };
    return all.map(one => (one === subject ? { ...subject, props: wider } : one));
  },
  examples: () => [
    { name: "a list", given: role([{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }]), want: "met" },
    {
      name: "every resource",
      given: role([{ apiGroups: [""], resources: ["*"], verbs: ["get"] }]),
      want: "not met",
      says: "rules[0].resources is everything",
    },
    { name: "every verb", given: role([{ apiGroups: [""], resources: ["pods"], verbs: ["*"] }]), want: "not met" },
    {
      name: "a way up",
      given: role([{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["escalate"] }]),
      want: "not met",
      says: "a way to more rights",
    },
    {
      name: "cluster-admin",
      given: [
        {
          type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
          name: "b",
          props: { metadata: { name: "b" }, roleRef: { kind: "ClusterRole", name: "cluster-admin" } },
        },
      ],
      want: "not met",
      says: "cluster-admin",
    },
    { name: "no role", given: system(), want: "not applicable" },
    { name: "not known yet", given: role([{ verbs: notKnown.array }]), want: "unverifiable" },
  ],
});
