import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", {
  metadata: { name: "api", namespace: "shop" },
  spec: { hostnames: ["api.example.com"] },
});

export const routeHostNamed = demandRule({
  id: "GL-NET-08",
  slug: "route-host-named",
  title: "Every route of the gateway names its hosts.",
  why: "Without hosts a route answers for every name of its listener.",
  fix: "Set spec.hostnames.",
  severity: "medium",
  requirements: ["S-167"],
  items: ["F.3"],
  mappings: ["NIST:SC-7"],
  inspects: "route",
  showable: ["hostnames"],
  demand: {
    kinds: ["gateway.networking.k8s.io/HTTPRoute"],
    clauses: [
      { of: "object", path: "spec.hostnames", want: { filled: true }, needed: "at least one full name" },
      { of: "object", path: "spec.hostnames[]", want: { matches: "^[a-z0-9]" }, needed: "one full name" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["HTTPRoute", "spec.hostnames"],
      {
        notMet: [
          [undefined, "spec.hostnames is missing; need at least one full name"],
          [["*.example.com"], 'spec.hostnames[0] is "*.example.com"'],
        ],
        unverifiable: [notKnown.array],
      },
      given,
    ),
    noneOfIt,
  ],
});
