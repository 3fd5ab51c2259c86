import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:keda.sh/v1alpha1:ScaledObject", {
  metadata: { name: "api", namespace: "shop" },
  spec: { minReplicaCount: 1, maxReplicaCount: 10, fallback: { failureThreshold: 3, replicas: 3 } },
});

export const queueScalingBounded = demandRule({
  id: "GL-HA-09",
  slug: "queue-scaling-bounded",
  title: "Scaling by a queue has a floor, a ceiling, and an answer for when the queue cannot be asked.",
  why: "Without a ceiling a flood of messages takes the whole cluster; without a fallback a deaf metric takes the workers.",
  fix: "Set minReplicaCount, maxReplicaCount and fallback.",
  severity: "high",
  requirements: ["S-137"],
  items: ["B.1.3"],
  mappings: ["NIST:SC-5"],
  inspects: "scaled object",

  demand: {
    kinds: ["keda.sh/ScaledObject"],
    clauses: [
      { of: "object", path: "spec.minReplicaCount", want: { present: true }, needed: "a floor" },
      { of: "object", path: "spec.maxReplicaCount", want: { atLeast: 1 }, needed: "a ceiling" },
      { of: "object", path: "spec.fallback.replicas", want: { present: true }, needed: "a number" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["ScaledObject", "spec.minReplicaCount"],
      { notMet: [[undefined, "spec.minReplicaCount is missing"]] },
      given,
    ),
    ...valuesAt(
      ["ScaledObject", "spec.maxReplicaCount"],
      { notMet: [[undefined, "spec.maxReplicaCount is missing; need a ceiling"]], unverifiable: [notKnown.number] },
      given,
    ),
    ...valuesAt(
      ["ScaledObject", "spec.fallback"],
      { notMet: [[undefined, "spec.fallback.replicas is missing; need a number"]] },
      given,
    ),
    noneOfIt,
  ],
});
