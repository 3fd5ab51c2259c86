import { notKnown, system, without } from "../../engine/example";
import type { LabelSelector, Metadata } from "../../engine/kubernetes";
import { readAll } from "../../engine/kubernetes";
import { isNarrow, podsPicked } from "../../engine/references";
import type { Resource } from "../../engine/resource";
import type { Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Picker {
  metadata?: Metadata;
  spec?: { selector?: LabelSelector; podSelector?: LabelSelector };
}

function pickers(resource: Resource): Subject<Picker>[] {
  const key = `${resource.group}/${resource.kind}`;
  if (key !== "policy/PodDisruptionBudget" && key !== "networking.k8s.io/NetworkPolicy") return [];
  return [{ resource, path: "", read: () => readAll<Picker>(resource) }];
}

export const noOrphanedSelector = defineRule<Picker>({
  id: "GL-REF-03",
  slug: "no-orphaned-selector",
  title: "Every disruption budget and network policy is about pods of this stack.",
  why: "A rule for pods that are no longer called so protects nothing, and looks as if it did.",
  fix: "Correct the selector to the labels of a pod template in its namespace, or remove the object.",
  severity: "medium",
  requirements: ["S-128", "S-151"],
  items: ["A.3.1", "D.1.2"],
  mappings: ["NIST:CM-2"],
  scope: "stack",
  inspects: "selector",
  subjects: pickers,
  check: ({ metadata, spec = {} }, { graph }) => {
    const selector = spec.podSelector ?? spec.selector;
    if (selector !== undefined && !isNarrow(selector))
      return { notApplicable: "it is about every pod of its namespace" };
    const path = spec.podSelector === undefined ? "spec.selector" : "spec.podSelector";
    const hit = podsPicked(graph, metadata?.namespace, selector).length > 0;
    return hit
      ? []
      : [{ path, found: "one that no pod of this stack fits", needed: "labels of a pod template in its namespace" }];
  },
  examples: () => [
    { name: "its pods", given: system(), want: "met" },
    {
      name: "pods that are not there",
      given: without("Deployment"),
      want: "not met",
      says: "no pod of this stack fits",
    },
    {
      name: "pods of another name",
      given: system(["PodDisruptionBudget", "spec.selector.matchLabels", { app: "web" }]),
      want: "not met",
    },
    { name: "every pod", given: without("PodDisruptionBudget"), want: "not applicable" },
    {
      name: "not known yet",
      given: system(["PodDisruptionBudget", "spec.selector", notKnown.object]),
      want: "unverifiable",
    },
  ],
});
