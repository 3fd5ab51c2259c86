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

const bound = (kind: string, namespace: unknown = "shop"): ExampleResource => ({
  type: `kubernetes:core/v1:${kind}`,
  name: kind.toLowerCase(),
  props: { metadata: { name: "bounds", namespace }, spec: {} },
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
    kinds
      .filter(
        kind => !graph.ofKind("", kind).some(one => readAll<{ metadata?: Metadata }>(one).metadata?.namespace === name),
      )
      .map(kind => ({ path: "", found: `without a ${kind}`, needed: "one" })),
  examples: [
    { name: "both", given: [...system(), bound("ResourceQuota"), bound("LimitRange")], want: "met" },
    { name: "no quota", given: [...system(), bound("LimitRange")], want: "not met", says: "without a ResourceQuota" },
    { name: "no limits", given: [...system(), bound("ResourceQuota")], want: "not met", says: "without a LimitRange" },
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
