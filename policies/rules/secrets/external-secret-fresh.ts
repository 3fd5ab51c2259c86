import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:external-secrets.io/v1:ExternalSecret", {
  metadata: { name: "api", namespace: "shop" },
  spec: { secretStoreRef: { name: "platform" }, refreshInterval: "15m" },
});

export const externalSecretFresh = demandRule({
  id: "GL-SEC-06",
  slug: "external-secret-fresh",
  title: "Secrets from the store are read again and again.",
  why: "One that is read once stays the old one when it was changed because it leaked.",
  fix: "Set refreshInterval to a time above zero, and leave refreshPolicy at Periodic.",
  severity: "high",
  requirements: ["S-151", "S-165"],
  items: ["D.1.2", "F.1"],
  mappings: ["NIST:IA-5"],
  inspects: "external secret",
  showable: ["refreshPolicy", "refreshInterval"],
  demand: {
    kinds: ["external-secrets.io/ExternalSecret"],
    // What is generated in the cluster is made once on purpose, and has no store.
    clauses: [
      {
        of: "object",
        path: "spec.refreshPolicy",
        when: { path: "spec.secretStoreRef" },
        want: { oneOf: ["Periodic", "OnChange"] },
        needed: "Periodic",
      },
      {
        of: "object",
        path: "spec.refreshInterval",
        when: { path: "spec.secretStoreRef" },
        want: { matches: "[1-9]" },
        needed: "a time above zero",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["ExternalSecret", "spec.refreshPolicy"],
      {
        met: [undefined],
        notMet: [["CreatedOnce", 'refreshPolicy is "CreatedOnce"; need Periodic']],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    ...valuesAt(
      ["ExternalSecret", "spec.refreshInterval"],
      {
        met: [undefined, "15m"],
        notMet: [
          ["0", 'refreshInterval is "0"; need a time above zero'],
          ["0s", 'refreshInterval is "0s"'],
        ],
      },
      given,
    ),
    {
      name: "generated in the cluster",
      given: alone("kubernetes:external-secrets.io/v1:ExternalSecret", {
        metadata: { name: "root", namespace: "shop" },
        spec: {
          refreshPolicy: "CreatedOnce",
          dataFrom: [{ sourceRef: { generatorRef: { kind: "Password", name: "root" } } }],
        },
      }),
      want: "met",
    },
    noneOfIt,
  ],
});
