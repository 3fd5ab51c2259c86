import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:core/v1:PersistentVolumeClaim", {
  metadata: { name: "api", namespace: "shop" },
  spec: { storageClassName: "fast" },
});

export const claimClassNamed = demandRule({
  id: "GL-DATA-09",
  slug: "claim-class-named",
  title: "Every claim names its class of storage.",
  why: "The default class is another in every cluster, and may be neither encrypted nor kept.",
  fix: "Set storageClassName.",
  severity: "medium",
  requirements: ["S-136"],
  items: ["B.1.2"],
  mappings: ["NIST:CM-6"],
  inspects: "claim",

  demand: {
    kinds: ["/PersistentVolumeClaim"],
    clauses: [
      { of: "object", path: "spec.storageClassName", required: true, want: { matches: "\\S" }, needed: "a class" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["PersistentVolumeClaim", "spec.storageClassName"],
      {
        notMet: [
          [undefined, "spec.storageClassName is missing; need a class"],
          ["", "spec.storageClassName is empty"],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
