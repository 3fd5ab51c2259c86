import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

export const imageCanBePulled = demandRule({
  id: "GL-IMG-02",
  slug: "image-can-be-pulled",
  title: "Every image comes from its registry when the node does not have it.",
  why: "With Never a pod starts only where somebody once put the image by hand, and no rollback can.",
  fix: "Remove imagePullPolicy, or set IfNotPresent.",
  severity: "medium",
  requirements: ["S-154"],
  items: ["D.3.1"],
  mappings: ["NIST:SI-7", "CKV_K8S_15"],
  inspects: "container",
  showable: ["imagePullPolicy"],
  demand: {
    clauses: [
      { of: "container", path: "imagePullPolicy", want: { oneOf: ["IfNotPresent", "Always"] }, needed: "IfNotPresent" },
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.imagePullPolicy`], {
      met: [undefined, "IfNotPresent", "Always"],
      notMet: [["Never", 'imagePullPolicy is "Never"; need IfNotPresent']],
      unverifiable: [notKnown.string],
    }),
  ],
});
