import { notKnown } from "../../engine/example";
import type { Graph } from "../../engine/graph";
import type { Metadata } from "../../engine/kubernetes";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Edge {
  metadata?: Metadata;
  spec?: {
    listeners?: {
      name?: string;
      protocol?: string;
      tls?: { mode?: string; certificateRefs?: object[] };
      allowedRoutes?: { namespaces?: { from?: string } };
    }[];
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

interface Route {
  metadata?: Metadata;
  spec?: {
    parentRefs?: { name?: string; namespace?: string; sectionName?: string }[];
    rules?: { filters?: { type?: string; requestRedirect?: { scheme?: string } }[]; backendRefs?: object[] }[];
  };
}

/**
 * Whether a plain listener does nothing but send its visitors to TLS: only routes of its own namespace may hang on it,
 * and each of those that do redirects, and leads nowhere else.
 */
function onlyRedirects(
  { metadata }: Edge,
  listener: NonNullable<NonNullable<Edge["spec"]>["listeners"]>[number],
  graph: Graph,
) {
  if ((listener.allowedRoutes?.namespaces?.from ?? "Same") !== "Same") return false;
  const hanging = graph
    .ofKind("gateway.networking.k8s.io", "HTTPRoute")
    .map(resource => readAll<Route>(resource))
    .filter(
      ({ metadata: own, spec }) =>
        own?.namespace === metadata?.namespace &&
        (spec?.parentRefs ?? []).some(
          parent =>
            parent.name === metadata?.name &&
            (parent.sectionName === undefined || parent.sectionName === listener.name),
        ),
    );
  return (
    hanging.length > 0 &&
    hanging.every(({ spec }) =>
      (spec?.rules ?? []).every(
        rule =>
          (rule.backendRefs ?? []).length === 0 &&
          (rule.filters ?? []).some(
            filter => filter.type === "RequestRedirect" && filter.requestRedirect?.scheme === "https",
          ),
      ),
    )
  );
}

const redirect = (rule: object): ExampleResource => ({
  type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  name: "to-https",
  props: {
    metadata: { name: "to-https", namespace: "gateway" },
    spec: { parentRefs: [{ name: "edge", sectionName: "http" }], rules: [rule] },
  },
});
const sendAway = { filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https" } }] };

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
  fix: "Make every listener HTTPS or TLS with a certificate; let a plain one take routes of its own namespace only, and only redirect to https.",
  severity: "critical",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-8", "SOC2:CC6.7", "ISO:8.24"],
  scope: "stack",
  inspects: "listener",
  subjects: edges,
  check: ({ kind, edge }, { graph }) => {
    if (kind === "Ingress")
      return (edge.spec?.tls ?? []).some(one => one.secretName !== undefined)
        ? []
        : [{ path: "spec.tls", value: edge.spec?.tls, needed: "a certificate for its hosts" }];
    const listeners = edge.spec?.listeners ?? [];
    if (listeners.length === 0) return [{ path: "spec.listeners", value: listeners, needed: "a listener" }];
    return listeners.flatMap((listener, index): Violation[] => {
      const path = `spec.listeners[${index}]`;
      if (listener.protocol === "HTTP" && onlyRedirects(edge, listener, graph)) return [];
      if (!["HTTPS", "TLS"].includes(listener.protocol ?? ""))
        return [{ path: `${path}.protocol`, found: "not an encrypted protocol", needed: "HTTPS or TLS" }];
      const isPassed = listener.tls?.mode === "Passthrough";
      return isPassed || (listener.tls?.certificateRefs ?? []).length > 0
        ? []
        : [{ path: `${path}.tls.certificateRefs`, value: listener.tls?.certificateRefs, needed: "a certificate" }];
    });
  },
  examples: () => [
    { name: "HTTPS", given: gateway({ protocol: "HTTPS", tls: { certificateRefs: [{ name: "edge" }] } }), want: "met" },
    { name: "TLS passed through", given: gateway({ protocol: "TLS", tls: { mode: "Passthrough" } }), want: "met" },
    {
      name: "an ingress with a certificate",
      given: ingress({ tls: [{ hosts: ["shop"], secretName: "shop" }] }),
      want: "met",
    },
    { name: "plain HTTP", given: gateway({ protocol: "HTTP" }), want: "not met", says: "not an encrypted protocol" },
    {
      name: "plain HTTP that sends everybody to HTTPS",
      given: [...gateway({ name: "http", protocol: "HTTP" }), redirect(sendAway)],
      want: "met",
    },
    {
      name: "plain HTTP that also leads inside",
      given: [
        ...gateway({ name: "http", protocol: "HTTP" }),
        redirect(sendAway),
        redirect({ backendRefs: [{ name: "api" }] }),
      ],
      want: "not met",
    },
    {
      name: "plain HTTP that anybody may hang a route on",
      given: [
        ...gateway({ name: "http", protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }),
        redirect(sendAway),
      ],
      want: "not met",
    },
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
