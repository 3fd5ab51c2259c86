import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:core/v1:Secret", { metadata: { name: "api", namespace: "shop" }, type: "Opaque" });

export const noStandingToken = demandRule({
  id: "GL-SEC-05",
  slug: "no-standing-token",
  title: "No Secret holds a token of a service account that never ends.",
  why: "Who copies it once is in for ever.",
  fix: "Mount a projected serviceAccountToken, which ends after an hour.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["CIS:5.1.6", "NIST:IA-5"],
  inspects: "secret",
  showable: ["type"],
  demand: {
    kinds: ["/Secret"],
    clauses: [
      {
        of: "object",
        path: "type",
        want: { noneOf: ["kubernetes.io/service-account-token"] },
        needed: "a token that ends",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Secret", "type"],
      {
        met: [undefined, "Opaque"],
        notMet: [
          [
            "kubernetes.io/service-account-token",
            'type is "kubernetes.io/service-account-token"; need a token that ends',
          ],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
