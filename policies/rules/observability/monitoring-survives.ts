import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:monitoring.coreos.com/v1:Prometheus", {
  metadata: { name: "api", namespace: "shop" },
  spec: { replicas: 2, retention: "15d", storage: { volumeClaimTemplate: {} } },
});

export const monitoringSurvives = demandRule({
  id: "GL-OBS-04",
  slug: "monitoring-survives",
  title: "The monitoring survives the loss of a node and of a restart.",
  why: "What is blind in the moment of the fault has watched for nothing.",
  fix: "Give Prometheus at least 2 replicas, a retention and storage that lasts.",
  severity: "high",
  requirements: ["S-141"],
  items: ["C.1.1"],
  mappings: ["NIST:SI-4", "NIST:AU-11"],
  inspects: "Prometheus",

  demand: {
    kinds: ["monitoring.coreos.com/Prometheus"],
    clauses: [
      { of: "object", path: "spec.replicas", want: { atLeast: 2 }, needed: "at least 2" },
      { of: "object", path: "spec.retention", required: true, want: { matches: "^[1-9]" }, needed: "a time" },
      { of: "object", path: "spec.storage.volumeClaimTemplate", want: { present: true }, needed: "a claim" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Prometheus", "spec.replicas"],
      {
        notMet: [
          [undefined, "spec.replicas is missing; need at least 2"],
          [1, "spec.replicas is 1"],
        ],
        unverifiable: [notKnown.number],
      },
      given,
    ),
    ...valuesAt(["Prometheus", "spec.retention"], { notMet: [[undefined, "spec.retention is missing"]] }, given),
    ...valuesAt(
      ["Prometheus", "spec.storage"],
      { notMet: [[undefined, "spec.storage.volumeClaimTemplate is missing; need a claim"]] },
      given,
    ),
    noneOfIt,
  ],
});
