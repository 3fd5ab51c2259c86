import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", {
  metadata: { name: "api", namespace: "shop" },
  spec: { minReplicas: 3, maxReplicas: 6 },
});

export const scaleDownWaits = demandRule({
  id: "GL-HA-08",
  slug: "scale-down-waits",
  title: "An autoscaler waits before it takes pods away.",
  why: "Load comes in waves; whoever lets go at the first trough has too little at the next crest.",
  fix: "Leave behavior.scaleDown.stabilizationWindowSeconds at its 300 s, or set at least 60.",
  severity: "medium",
  requirements: ["S-137"],
  items: ["B.1.3"],
  mappings: ["NIST:SC-5"],
  inspects: "autoscaler",

  demand: {
    kinds: ["autoscaling/HorizontalPodAutoscaler"],
    clauses: [
      {
        of: "object",
        path: "spec.behavior.scaleDown.stabilizationWindowSeconds",
        want: { noneOf: [0] },
        needed: "at least 60",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["HorizontalPodAutoscaler", "spec.behavior.scaleDown.stabilizationWindowSeconds"],
      {
        met: [undefined, 300],
        notMet: [[0, "stabilizationWindowSeconds is 0; need at least 60"]],
        unverifiable: [notKnown.number],
      },
      given,
    ),
    noneOfIt,
  ],
});
