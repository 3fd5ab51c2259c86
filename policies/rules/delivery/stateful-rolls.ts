import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:apps/v1:StatefulSet", { metadata: { name: "api", namespace: "shop" }, spec: {} });

export const statefulRolls = demandRule({
  id: "GL-REL-03",
  slug: "stateful-rolls",
  title: "Sets of pods with data are updated pod by pod.",
  why: "OnDelete leaves versions mixed until somebody remembers; the repair of a hole waits with them.",
  fix: "Leave updateStrategy at RollingUpdate.",
  severity: "medium",
  requirements: ["S-152"],
  items: ["D.2.1"],
  mappings: ["NIST:CM-3"],
  inspects: "workload",
  showable: ["type"],
  demand: {
    kinds: ["apps/StatefulSet", "apps/DaemonSet"],
    clauses: [
      { of: "object", path: "spec.updateStrategy.type", want: { oneOf: ["RollingUpdate"] }, needed: "RollingUpdate" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["StatefulSet", "spec.updateStrategy.type"],
      {
        met: [undefined, "RollingUpdate"],
        notMet: [["OnDelete", 'spec.updateStrategy.type is "OnDelete"; need RollingUpdate']],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
