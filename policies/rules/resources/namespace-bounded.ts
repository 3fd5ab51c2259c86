import { notKnown, system } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

function namespaces(resource: Resource): Subject<Metadata>[] {
  if (resource.group !== "" || resource.kind !== "Namespace") return [];
  return [{ resource, path: "", read: () => readAll<{ metadata?: Metadata }>(resource).metadata ?? {} }];
}

const kinds = ["ResourceQuota", "LimitRange"] as const;

/** What is read of either. */
interface Bound {
  metadata?: Metadata;
  spec?: {
    hard?: Record<string, string>;
    limits?: { type?: string; default?: object; max?: object; defaultRequest?: object }[];
  };
}

/** Whether it bounds anything: one that names no amount is only a name. */
const bounds: Record<(typeof kinds)[number], (spec: NonNullable<Bound["spec"]>) => boolean> = {
  ResourceQuota: ({ hard = {} }) =>
    (["cpu", "memory"] as const).every(name => [name, `requests.${name}`, `limits.${name}`].some(key => hard[key])),
  LimitRange: ({ limits = [] }) => limits.some(one => Object.keys({ ...one.default, ...one.max }).length > 0),
};

const full = {
  ResourceQuota: { hard: { "requests.cpu": "10", "requests.memory": "20Gi" } },
  LimitRange: { limits: [{ type: "Container", default: { memory: "256Mi" } }] },
};
const bound = (kind: keyof typeof full, namespace: unknown = "shop", spec: object = full[kind]): ExampleResource => ({
  type: `kubernetes:core/v1:${kind}`,
  name: kind.toLowerCase(),
  props: { metadata: { name: "bounds", namespace }, spec },
});

export const namespaceBounded = defineRule<Metadata>({
  id: "GL-RES-02",
  slug: "namespace-bounded",
  title: "Every namespace has a quota and limits of its own.",
  why: "Without a quota one namespace takes the cluster; without limits a container that asks for nothing takes the node.",
  fix: "Add a ResourceQuota and a LimitRange to the namespace.",
  severity: "medium",
  requirements: ["S-135", "S-136"],
  items: ["B.1.2"],
  mappings: ["NIST:SC-5", "CIS:5.7.1"],
  scope: "stack",
  inspects: "namespace",
  subjects: namespaces,
  check: ({ name }, { graph }) =>
    kinds.flatMap(kind => {
      const own = graph
        .ofKind("", kind)
        .map(one => readAll<Bound>(one))
        .filter(one => one.metadata?.namespace === name);
      if (own.length === 0) return [{ path: "", found: `without a ${kind}`, needed: "one" }];
      return own.some(one => bounds[kind](one.spec ?? {}))
        ? []
        : [{ path: "", found: `with a ${kind} that bounds nothing`, needed: "amounts of CPU and memory" }];
    }),
  examples: () => [
    { name: "both", given: [...system(), bound("ResourceQuota"), bound("LimitRange")], want: "met" },
    { name: "no quota", given: [...system(), bound("LimitRange")], want: "not met", says: "without a ResourceQuota" },
    { name: "no limits", given: [...system(), bound("ResourceQuota")], want: "not met", says: "without a LimitRange" },
    {
      name: "a quota that bounds no memory",
      given: [...system(), bound("ResourceQuota", "shop", { hard: { "requests.cpu": "10" } }), bound("LimitRange")],
      want: "not met",
      says: "a ResourceQuota that bounds nothing",
    },
    {
      name: "limits that are none",
      given: [...system(), bound("ResourceQuota"), bound("LimitRange", "shop", { limits: [] })],
      want: "not met",
      says: "a LimitRange that bounds nothing",
    },
    {
      name: "of another namespace",
      given: [...system(), bound("ResourceQuota", "other"), bound("LimitRange")],
      want: "not met",
    },
    {
      name: "not known yet",
      given: [...system(), bound("ResourceQuota", notKnown.string), bound("LimitRange")],
      want: "unverifiable",
    },
  ],
});
