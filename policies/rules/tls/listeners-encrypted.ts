import { notKnown } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Edge {
  spec?: {
    listeners?: { name?: string; protocol?: string; tls?: { mode?: string; certificateRefs?: object[] } }[];
    tls?: { hosts?: string[]; secretName?: string }[];
  };
}

interface Read {
  kind: string;
  edge: Edge;
}

function edges(resource: Resource): Subject<Read>[] {
  const isGateway = resource.group === "gateway.networking.k8s.io" && resource.kind === "Gateway";
  const isIngress = resource.group === "networking.k8s.io" && resource.kind === "Ingress";
  if (!isGateway && !isIngress) return [];
  return [{ resource, path: "", read: () => ({ kind: resource.kind!, edge: readAll<Edge>(resource) }) }];
}

const gateway = (listener: object): ExampleResource[] => [
  {
    type: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    name: "edge",
    props: { metadata: { name: "edge", namespace: "gateway" }, spec: { listeners: [listener] } },
  },
];
const ingress = (spec: object): ExampleResource[] => [
  { type: "kubernetes:networking.k8s.io/v1:Ingress", name: "web", props: { metadata: { name: "web" }, spec } },
];

export const listenersEncrypted = defineRule<Read>({
  id: "GL-TLS-01",
  slug: "listeners-encrypted",
  title: "Whatever listens to the outside speaks TLS.",
  why: "What goes over the wire in plain can be read and changed by everybody on the way.",
  fix: "Make every listener HTTPS or TLS with a certificate; leave redirects from port 80 to the load balancer.",
  severity: "critical",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-8", "SOC2:CC6.7", "ISO:8.24"],
  scope: "resource",
  inspects: "listener",
  subjects: edges,
  check: ({ kind, edge }) => {
    if (kind === "Ingress")
      return (edge.spec?.tls ?? []).some(one => one.secretName !== undefined)
        ? []
        : [{ path: "spec.tls", value: edge.spec?.tls, needed: "a certificate for its hosts" }];
    const listeners = edge.spec?.listeners ?? [];
    if (listeners.length === 0) return [{ path: "spec.listeners", value: listeners, needed: "a listener" }];
    return listeners.flatMap((listener, index): Violation[] => {
      const path = `spec.listeners[${index}]`;
      if (!["HTTPS", "TLS"].includes(listener.protocol ?? ""))
        return [{ path: `${path}.protocol`, found: "not an encrypted protocol", needed: "HTTPS or TLS" }];
      const isPassed = listener.tls?.mode === "Passthrough";
      return isPassed || (listener.tls?.certificateRefs ?? []).length > 0
        ? []
        : [{ path: `${path}.tls.certificateRefs`, value: listener.tls?.certificateRefs, needed: "a certificate" }];
    });
  },
  examples: [
    { name: "HTTPS", given: gateway({ protocol: "HTTPS", tls: { certificateRefs: [{ name: "edge" }] } }), want: "met" },
    { name: "TLS passed through", given: gateway({ protocol: "TLS", tls: { mode: "Passthrough" } }), want: "met" },
    {
      name: "an ingress with a certificate",
      given: ingress({ tls: [{ hosts: ["shop"], secretName: "shop" }] }),
      want: "met",
    },
    { name: "plain HTTP", given: gateway({ protocol: "HTTP" }), want: "not met", says: "not an encrypted protocol" },
    {
      name: "HTTPS without a certificate",
      given: gateway({ protocol: "HTTPS" }),
      want: "not met",
      says: "certificateRefs is missing",
    },
    { name: "an ingress in plain", given: ingress({ rules: [] }), want: "not met", says: "spec.tls is missing" },
    { name: "not known yet", given: gateway({ protocol: notKnown.string }), want: "unverifiable" },
  ],
});
