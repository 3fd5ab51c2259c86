import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:velero.io/v1:Schedule", {
  metadata: { name: "api", namespace: "shop" },
  spec: { schedule: "0 3 * * *", template: { ttl: "720h0m0s" } },
});

export const objectCopyKept = demandRule({
  id: "GL-BAK-07",
  slug: "object-copy-kept",
  title: "Copies of the cluster's objects are made daily or oftener and kept for a month.",
  why: "What was deleted is missed after days, and nobody remembers how it looked.",
  fix: "Set spec.schedule, and spec.template.ttl to at least 720h.",
  severity: "medium",
  requirements: ["S-130"],
  items: ["A.3.3"],
  mappings: ["NIST:CP-9"],
  inspects: "schedule",
  showable: ["ttl"],
  demand: {
    kinds: ["velero.io/Schedule"],
    clauses: [
      {
        of: "object",
        path: "spec.template.ttl",
        required: true,
        want: { matches: "^(7[2-9][0-9]|[89][0-9]{2}|[0-9]{4,})h" },
        needed: "at least 720h",
      },
      { of: "object", path: "spec.paused", want: { oneOf: [false] }, needed: "false" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Schedule", "spec.template.ttl"],
      {
        met: ["2160h0m0s"],
        notMet: [
          [undefined, "spec.template.ttl is missing; need at least 720h"],
          ["24h", 'spec.template.ttl is "24h"'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    ...valuesAt(
      ["Schedule", "spec.paused"],
      { met: [undefined, false], notMet: [[true, "spec.paused is true; need false"]] },
      given,
    ),
    noneOfIt,
  ],
});
