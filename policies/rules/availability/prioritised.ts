import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

export const prioritised = demandRule({
  id: "GL-HA-11",
  slug: "prioritised",
  title: "Every workload says how important it is.",
  why: "When a node is full, the scheduler ends what has no priority first, and it may be the database.",
  fix: "Set priorityClassName.",
  severity: "medium",
  requirements: ["S-135"],
  items: ["B.1.2"],
  mappings: ["NIST:SC-6"],
  inspects: "pod",

  demand: {
    clauses: [{ of: "pod", path: "priorityClassName", want: { matches: "\\S" }, required: true, needed: "a class" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.priorityClassName`], {
      met: ["ordinary"],
      notMet: [
        [undefined, "priorityClassName is missing; need a class"],
        ["", "priorityClassName is empty"],
      ],
      unverifiable: [notKnown.string],
    }),
  ],
});
