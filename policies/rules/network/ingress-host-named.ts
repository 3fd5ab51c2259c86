import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:networking.k8s.io/v1:Ingress", {
  metadata: { name: "api", namespace: "shop" },
  spec: { rules: [{ host: "api.example.com" }] },
});

export const ingressHostNamed = demandRule({
  id: "GL-NET-05",
  slug: "ingress-host-named",
  title: "Every route of an Ingress names its host.",
  why: "A route for any host answers for names nobody meant, and shadows those of other teams.",
  fix: "Set spec.rules[].host to one full name.",
  severity: "medium",
  requirements: ["S-167"],
  items: ["F.3"],
  mappings: ["NIST:SC-7"],
  inspects: "ingress",
  showable: ["host"],
  demand: {
    kinds: ["networking.k8s.io/Ingress"],
    clauses: [
      {
        of: "object",
        path: "spec.rules[].host",
        required: true,
        want: { matches: "^[a-z0-9]" },
        needed: "one full name",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Ingress", "spec.rules.0.host"],
      {
        notMet: [
          [undefined, "rules[0].host is missing; need one full name"],
          ["*.example.com", 'rules[0].host is "*.example.com"'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
