import { demandRule } from "../../engine/demand";
import { alone, notKnown, valuesAt, without } from "../../engine/example";

const given = alone("kubernetes:policy/v1:PodDisruptionBudget", {
  metadata: { name: "api", namespace: "shop" },
  spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
});

export const budgetLetsGoOfBroken = demandRule({
  id: "GL-HA-07",
  slug: "budget-lets-go-of-broken",
  title: "A budget does not hold on to pods that do not work anyway.",
  why: "One crashing pod otherwise stops every drain of its node, and with it the repair.",
  fix: "Set unhealthyPodEvictionPolicy to AlwaysAllow.",
  severity: "medium",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CP-10"],
  inspects: "disruption budget",
  showable: ["unhealthyPodEvictionPolicy"],
  demand: {
    kinds: ["policy/PodDisruptionBudget"],
    clauses: [
      {
        of: "object",
        path: "spec.unhealthyPodEvictionPolicy",
        required: true,
        want: { oneOf: ["AlwaysAllow"] },
        needed: "AlwaysAllow",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["PodDisruptionBudget", "spec.unhealthyPodEvictionPolicy"],
      {
        notMet: [
          [undefined, "unhealthyPodEvictionPolicy is missing; need AlwaysAllow"],
          ["IfHealthyBudget", 'unhealthyPodEvictionPolicy is "IfHealthyBudget"'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    { name: "none of the kind", given: without("PodDisruptionBudget"), want: "not applicable" },
  ],
});
