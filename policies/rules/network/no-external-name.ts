import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:core/v1:Service", { metadata: { name: "api", namespace: "shop" }, spec: {} });

export const noExternalName = demandRule({
  id: "GL-NET-07",
  slug: "no-external-name",
  title: "No Service stands for a name outside.",
  why: "Such a name goes past every network policy, limit and fallback, and may lead back inside.",
  fix: "Declare it under greenlight:dependencies: it gets a door of its own.",
  severity: "medium",
  requirements: ["S-126", "S-151"],
  items: ["A.2.2", "D.1.2"],
  mappings: ["NIST:SC-7"],
  inspects: "service",
  showable: ["type"],
  demand: {
    kinds: ["/Service"],
    clauses: [{ of: "object", path: "spec.type", want: { noneOf: ["ExternalName"] }, needed: "a Service with pods" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Service", "spec.type"],
      {
        met: [undefined, "ClusterIP"],
        notMet: [["ExternalName", 'spec.type is "ExternalName"; need a Service with pods']],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
