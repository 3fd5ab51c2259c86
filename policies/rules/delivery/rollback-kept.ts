import { demandRule } from "../../engine/demand";
import { alone, notKnown, valuesAt, without } from "../../engine/example";

const given = alone("kubernetes:apps/v1:Deployment", { metadata: { name: "api", namespace: "shop" }, spec: {} });

export const rollbackKept = demandRule({
  id: "GL-REL-01",
  slug: "rollback-kept",
  title: "The version before can be brought back by one command.",
  why: "Without a history there is nothing to go back to.",
  fix: "Leave revisionHistoryLimit at its default, or set at least 2.",
  severity: "high",
  requirements: ["S-154"],
  items: ["D.3.1", "F.7"],
  mappings: ["NIST:CM-3"],
  inspects: "workload",

  demand: {
    kinds: ["apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "argoproj.io/Rollout"],
    clauses: [{ of: "object", path: "spec.revisionHistoryLimit", want: { noneOf: [0, 1] }, needed: "at least 2" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Deployment", "spec.revisionHistoryLimit"],
      {
        met: [undefined, 5],
        notMet: [
          [0, "revisionHistoryLimit is 0; need at least 2"],
          [1, "revisionHistoryLimit is 1"],
        ],
        unverifiable: [notKnown.number],
      },
      given,
    ),
    { name: "none of the kind", given: without("Deployment"), want: "not applicable" },
  ],
});
