import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:cert-manager.io/v1:Certificate", {
  metadata: { name: "api", namespace: "shop" },
  spec: { secretName: "api", dnsNames: ["api.example.com"], privateKey: { algorithm: "ECDSA", size: 256 } },
});

export const certificateStrongKey = demandRule({
  id: "GL-TLS-05",
  slug: "certificate-strong-key",
  title: "Keys of certificates are strong, and a public certificate names its hosts.",
  why: "A short key can be computed; a certificate for every host of a domain is one theft for all of them.",
  fix: "Use ECDSA, Ed25519 or RSA of at least 2048 bits, and list public dnsNames without wildcards.",
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-12", "NIST:SC-17"],
  inspects: "certificate",
  showable: ["algorithm", "dnsNames"],
  demand: {
    kinds: ["cert-manager.io/Certificate"],
    clauses: [
      {
        of: "object",
        path: "spec.privateKey.algorithm",
        want: { oneOf: ["ECDSA", "Ed25519", "RSA"] },
        needed: "ECDSA, Ed25519 or RSA",
      },
      {
        of: "object",
        path: "spec.privateKey.size",
        want: { noneOf: [512, 1024] },
        needed: "at least 2048, or 256 for ECDSA",
      },
      {
        of: "object",
        path: "spec.dnsNames[]",
        want: { matches: "^[^*]|^\\*\\.[^.]+$|\\.(local|internal|svc)$" },
        needed: "one name; a wildcard inside the cluster only",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Certificate", "spec.privateKey"],
      {
        met: [undefined, { algorithm: "RSA", size: 4096 }],
        notMet: [
          [{ algorithm: "RSA", size: 1024 }, "spec.privateKey.size is 1024; need at least 2048, or 256 for ECDSA"],
          [{ algorithm: "DSA" }, 'algorithm is "DSA"'],
        ],
        unverifiable: [notKnown.object],
      },
      given,
    ),
    ...valuesAt(
      ["Certificate", "spec.dnsNames"],
      { notMet: [[["*.example.com"], 'spec.dnsNames[0] is "*.example.com"']] },
      given,
    ),
    noneOfIt,
  ],
});
