import { noneOfIt, notKnown } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Route {
  metadata?: Metadata;
  spec?: {
    rules?: { backendRefs?: { group?: string; kind?: string; name?: string; namespace?: string; port?: number }[] }[];
  };
}

interface Service {
  metadata?: Metadata;
  spec?: { ports?: { port?: number }[] };
}

function routes(resource: Resource): Subject<Route>[] {
  if (resource.group !== "gateway.networking.k8s.io" || !/^(HTTP|GRPC|TLS|TCP)Route$/.test(resource.kind ?? ""))
    return [];
  return [{ resource, path: "", read: () => readAll<Route>(resource) }];
}

const route = (backend: object): ExampleResource => ({
  type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  name: "api",
  props: { metadata: { name: "api", namespace: "shop" }, spec: { rules: [{ backendRefs: [backend] }] } },
});
const service: ExampleResource = {
  type: "kubernetes:core/v1:Service",
  name: "api",
  props: { metadata: { name: "api", namespace: "shop" }, spec: { ports: [{ port: 80 }] } },
};

export const routeBackendExists = defineRule<Route>({
  id: "GL-REF-06",
  slug: "route-backend-exists",
  title: "Every route leads to a port of a Service in this stack.",
  why: "A route to nothing answers 500 to everybody, and the gateway takes it without a word.",
  fix: "Correct the name or the port of the backend.",
  severity: "high",
  requirements: ["S-125", "S-167"],
  items: ["A.2.1", "F.3"],
  mappings: ["NIST:CM-6"],
  scope: "stack",
  inspects: "route",
  subjects: routes,
  check: ({ metadata, spec }, { graph }) => {
    const refs = (spec?.rules ?? []).flatMap((rule, index) => (rule.backendRefs ?? []).map(ref => ({ ref, index })));
    const own = refs.filter(({ ref }) => (ref.kind ?? "Service") === "Service" && !ref.group);
    if (own.length === 0) return { notApplicable: "it leads to no Service" };
    const services = graph.ofKind("", "Service").map(one => readAll<Service>(one));
    return own.flatMap(({ ref, index }) => {
      const home = ref.namespace ?? metadata?.namespace;
      const hit = services.find(one => one.metadata?.name === ref.name && one.metadata?.namespace === home);
      const path = `spec.rules[${index}].backendRefs`;
      if (!hit) return [{ path, found: "leading to a Service that is not in this stack", needed: "one that is" }];
      return (hit.spec?.ports ?? []).some(one => one.port === ref.port)
        ? []
        : [{ path, found: "leading to a port that its Service does not have", needed: "one that it has" }];
    });
  },
  examples: () => [
    { name: "to a port", given: [service, route({ name: "api", port: 80 })], want: "met" },
    {
      name: "to nothing",
      given: [service, route({ name: "web", port: 80 })],
      want: "not met",
      says: "leading to a Service that is not in this stack",
    },
    {
      name: "to another port",
      given: [service, route({ name: "api", port: 8080 })],
      want: "not met",
      says: "leading to a port that its Service does not have",
    },
    { name: "not known yet", given: [service, route({ name: notKnown.string, port: 80 })], want: "unverifiable" },
    {
      name: "to something outside",
      given: [service, route({ group: "gateway.envoyproxy.io", kind: "Backend", name: "ai" })],
      want: "not applicable",
    },
    noneOfIt,
  ],
});
