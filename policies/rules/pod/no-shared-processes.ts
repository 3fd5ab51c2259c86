import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

export const noSharedProcesses = demandRule({
  id: "GL-POD-20",
  slug: "no-shared-processes",
  title: "Containers of a pod do not see one another's processes.",
  why: "A sidecar that is broken into can then read the memory and the environment of the service.",
  fix: "Remove shareProcessNamespace.",
  severity: "medium",
  requirements: ["S-169"],
  items: ["F.5"],
  mappings: ["NIST:SC-7", "CKV_K8S_17"],
  inspects: "pod",

  demand: { clauses: [{ of: "pod", path: "shareProcessNamespace", want: { oneOf: [false] }, needed: "false" }] },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.shareProcessNamespace`], {
      met: [undefined, false],
      notMet: [[true, "shareProcessNamespace is true; need false"]],
      unverifiable: [notKnown.boolean],
    }),
  ],
});
