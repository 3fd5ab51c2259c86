import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:networking.k8s.io/v1:Ingress", {
  metadata: { name: "api", namespace: "shop" },
  spec: {},
});

export const noIngressSnippets = demandRule({
  id: "GL-NET-06",
  slug: "no-ingress-snippets",
  title: "No Ingress carries raw configuration of its controller.",
  why: "A snippet runs with the rights of the controller, which reads every Secret of the cluster (CVE-2021-25742).",
  fix: "Use the annotations made for it, or a policy of the gateway.",
  severity: "critical",
  requirements: ["S-167"],
  items: ["F.3"],
  mappings: ["NIST:SI-10", "CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154"],
  inspects: "ingress",

  demand: {
    kinds: ["networking.k8s.io/Ingress"],
    clauses: [
      {
        of: "object",
        path: "metadata.annotations{nginx.ingress.kubernetes.io/configuration-snippet}",
        want: { absent: true },
        needed: "no raw configuration",
      },
      {
        of: "object",
        path: "metadata.annotations{nginx.ingress.kubernetes.io/server-snippet}",
        want: { absent: true },
        needed: "no raw configuration",
      },
      {
        of: "object",
        path: "metadata.annotations{nginx.ingress.kubernetes.io/auth-snippet}",
        want: { absent: true },
        needed: "no raw configuration",
      },
      {
        of: "object",
        path: "metadata.annotations{nginx.ingress.kubernetes.io/stream-snippet}",
        want: { absent: true },
        needed: "no raw configuration",
      },
      {
        of: "object",
        path: "metadata.annotations{nginx.ingress.kubernetes.io/modsecurity-snippet}",
        want: { absent: true },
        needed: "no raw configuration",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Ingress", "metadata.annotations"],
      {
        met: [undefined, { "nginx.ingress.kubernetes.io/limit-rps": "10" }],
        notMet: [[{ "nginx.ingress.kubernetes.io/configuration-snippet": "x" }, "need no raw configuration"]],
        unverifiable: [notKnown.object],
      },
      given,
    ),
    noneOfIt,
  ],
});
