import { demandRule } from "../../engine/demand";
import { notKnown, system } from "../../engine/example";
import type { ExampleResource } from "../../engine/rule";

const service = (spec: object): ExampleResource[] => [
  { type: "kubernetes:core/v1:Service", name: "api", props: { metadata: { name: "api", namespace: "shop" }, spec } },
];

export const noDirectExposure = demandRule({
  id: "GL-NET-03",
  slug: "no-direct-exposure",
  title: "Services are reached from outside through the gateway only.",
  why: "A port on every node or a balancer of its own goes round TLS, limits and logs of the gateway.",
  fix: "Make the Service ClusterIP and route to it through the Gateway; the gateway's own Service needs loadBalancerSourceRanges.",
  severity: "high",
  requirements: ["S-165", "S-167"],
  items: ["F.1", "F.3"],
  mappings: ["NIST:SC-7", "CIS:5.3.2"],
  inspects: "service",
  showable: ["type"],
  demand: {
    kinds: ["/Service"],
    clauses: [
      { of: "object", path: "spec.type", want: { noneOf: ["NodePort"] }, needed: "ClusterIP" },
      {
        of: "object",
        path: "spec.loadBalancerSourceRanges",
        when: { path: "spec.type", is: "LoadBalancer" },
        want: { filled: true },
        needed: "source ranges for a balancer that is open to everybody, or type ClusterIP",
      },
      {
        of: "object",
        path: "spec.externalIPs[]",
        want: { absent: true },
        needed: "none: it takes traffic meant for others (CVE-2020-8554)",
      },
    ],
  },
  examples: () => [
    { name: "inside only", given: service({ type: "ClusterIP" }), want: "met" },
    { name: "inside, unsaid", given: service({}), want: "met" },
    {
      name: "a port on every node",
      given: service({ type: "NodePort" }),
      want: "not met",
      says: 'spec.type is "NodePort"; need ClusterIP',
    },
    { name: "an open balancer", given: service({ type: "LoadBalancer" }), want: "not met", says: "open to everybody" },
    { name: "somebody's address", given: service({ externalIPs: ["192.0.2.1"] }), want: "not met" },
    { name: "no service", given: system(), want: "not applicable" },
    { name: "not known yet", given: service({ type: notKnown.string }), want: "unverifiable" },
  ],
});
