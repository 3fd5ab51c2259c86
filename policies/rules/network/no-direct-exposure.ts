import { notKnown, system } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Service {
  spec?: { type?: string; externalIPs?: string[]; loadBalancerSourceRanges?: string[] };
}

function services(resource: Resource): Subject<Service>[] {
  if (resource.group !== "" || resource.kind !== "Service") return [];
  return [{ resource, path: "", read: () => readAll<Service>(resource) }];
}

const service = (spec: object): ExampleResource[] => [
  { type: "kubernetes:core/v1:Service", name: "api", props: { metadata: { name: "api", namespace: "shop" }, spec } },
];

export const noDirectExposure = defineRule<Service>({
  id: "GL-NET-03",
  slug: "no-direct-exposure",
  title: "Services are reached from outside through the gateway only.",
  why: "A port on every node or a balancer of its own goes round TLS, limits and logs of the gateway.",
  fix: "Make the Service ClusterIP and route to it through the Gateway; the gateway's own Service needs loadBalancerSourceRanges.",
  severity: "high",
  requirements: ["S-165", "S-167"],
  items: ["F.1", "F.3"],
  mappings: ["NIST:SC-7", "CIS:5.3.2"],
  scope: "resource",
  inspects: "service",
  subjects: services,
  check: ({ spec = {} }) => {
    const found: Violation[] = [];
    if (spec.type === "NodePort") found.push({ path: "spec.type", found: "a port on every node", needed: "ClusterIP" });
    if (spec.type === "LoadBalancer" && (spec.loadBalancerSourceRanges ?? []).length === 0)
      found.push({
        path: "spec.type",
        found: "a balancer that is open to everybody",
        needed: "ClusterIP, or source ranges",
      });
    if ((spec.externalIPs ?? []).length > 0)
      found.push({
        path: "spec.externalIPs",
        value: spec.externalIPs,
        needed: "none: they take traffic meant for others (CVE-2020-8554)",
      });
    return found;
  },
  examples: [
    { name: "inside only", given: service({ type: "ClusterIP" }), want: "met" },
    { name: "inside, unsaid", given: service({}), want: "met" },
    {
      name: "a port on every node",
      given: service({ type: "NodePort" }),
      want: "not met",
      says: "a port on every node",
    },
    { name: "an open balancer", given: service({ type: "LoadBalancer" }), want: "not met", says: "open to everybody" },
    { name: "somebody's address", given: service({ externalIPs: ["192.0.2.1"] }), want: "not met" },
    { name: "no service", given: system(), want: "not applicable" },
    { name: "not known yet", given: service({ type: notKnown.string }), want: "unverifiable" },
  ],
});
