import { notKnown, system } from "../../engine/example";
import type { Workload } from "../../engine/kubernetes";
import { selects, servingWorkloads } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

export const selectorMatchesTemplate = defineRule<Workload>({
  id: "GL-REF-04",
  slug: "selector-matches-template",
  title: "Every workload selects the pods it makes.",
  why: "The API refuses a workload whose selector does not fit its template, in the middle of the deployment.",
  fix: "Give spec.selector.matchLabels labels that spec.template.metadata.labels has too.",
  severity: "high",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CM-2"],
  scope: "resource",
  inspects: "workload",
  subjects: servingWorkloads,
  check: ({ kind, spec, template }) => {
    if (kind === "Pod") return { notApplicable: "a pod selects nothing" };
    return selects(spec.selector, template.metadata?.labels)
      ? []
      : [{ path: "spec.selector", found: "one that its own pods do not fit", needed: "labels of its template" }];
  },
  examples: () => [
    { name: "its own labels", given: system(), want: "met" },
    {
      name: "other labels",
      given: system(["Deployment", "spec.selector.matchLabels", { app: "web" }]),
      want: "not met",
      says: "its own pods do not fit",
    },
    { name: "no selector", given: system(["Deployment", "spec.selector", undefined]), want: "not met" },
    {
      name: "not known yet",
      given: system(["Deployment", "spec.template.metadata", notKnown.object]),
      want: "unverifiable",
    },
  ],
});
