import { demandRule } from "../../engine/demand";
import { alone, notKnown, valuesAt, without } from "../../engine/example";

const given = alone("kubernetes:apps/v1:Deployment", { metadata: { name: "api", namespace: "shop" }, spec: {} });

export const rollsWithoutAGap = demandRule({
  id: "GL-REL-02",
  slug: "rolls-without-a-gap",
  title: "A new version starts before the old one ends, and says so when it does not come up.",
  why: "Recreate is an outage at every release; without a deadline a stuck release looks like a slow one.",
  fix: "Leave strategy at RollingUpdate and progressDeadlineSeconds at 600 or less.",
  severity: "high",
  requirements: ["S-152"],
  items: ["D.2.1"],
  mappings: ["NIST:CP-10"],
  inspects: "workload",
  showable: ["type"],
  demand: {
    kinds: ["apps/Deployment"],
    clauses: [
      { of: "object", path: "spec.strategy.type", want: { oneOf: ["RollingUpdate"] }, needed: "RollingUpdate" },
      { of: "object", path: "spec.progressDeadlineSeconds", want: { atMost: 600 }, needed: "at most 600" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Deployment", "spec.strategy.type"],
      {
        met: [undefined, "RollingUpdate"],
        notMet: [["Recreate", 'spec.strategy.type is "Recreate"; need RollingUpdate']],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    ...valuesAt(
      ["Deployment", "spec.progressDeadlineSeconds"],
      { met: [undefined], notMet: [[86400, "progressDeadlineSeconds is 86400; need at most 600"]] },
      given,
    ),
    { name: "none of the kind", given: without("Deployment"), want: "not applicable" },
  ],
});
