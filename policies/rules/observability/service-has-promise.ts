import { noneOfIt, notKnown, system } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { ofKind } from "../../engine/kubernetes";
import { promises } from "../../engine/promises";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Route {
  metadata?: Metadata;
  spec?: { rules?: { backendRefs?: { kind?: string; name?: string }[] }[] };
}

const routes = ofKind<Route>("gateway.networking.k8s.io", "HTTPRoute");

const route = (backend: unknown): ExampleResource => ({
  type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  name: "api",
  props: { metadata: { name: "api", namespace: "shop" }, spec: { rules: [{ backendRefs: [backend] }] } },
});
const promise = (service: string): ExampleResource => ({
  type: "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
  name: "slo",
  props: {
    metadata: { name: "slo", namespace: "monitoring" },
    spec: {
      groups: [
        {
          name: "slo",
          rules: [{ record: "slo:objective:ratio", expr: "vector(0.999)", labels: { slo: service, service } }],
        },
      ],
    },
  },
});

export const serviceHasPromise = defineRule<Route>({
  id: "GL-SLO-02",
  slug: "service-has-promise",
  title: "Whatever people reach from outside has an objective.",
  why: "Without one nobody can say whether it is well, when to wake somebody, or when to stop releasing.",
  fix: "Give the service an `objective`; its rules then carry the labels slo and service.",
  severity: "high",
  requirements: ["S-120", "S-121"],
  items: ["A.1.1", "A.1.2"],
  mappings: ["SOC2:A1.1", "ISO:8.16"],
  scope: "stack",
  inspects: "route",
  subjects: routes,
  check: ({ spec }, { graph }) => {
    const backends = (spec?.rules ?? []).flatMap(rule => rule.backendRefs ?? []);
    // Backends of other kinds are outside; they have a promise of their makers.
    const own = new Set(backends.filter(one => (one.kind ?? "Service") === "Service").map(one => one.name));
    if (own.size === 0) return { notApplicable: "it leads to no service of this stack" };
    const promised = new Set(promises(graph).map(one => one.service));
    const services = [...own].map(name => String(name).replace(/-canary$/, ""));
    return [...new Set(services)]
      .filter(name => !promised.has(name) && !isOfThePlatform(name))
      .map(name => ({
        path: "spec.rules",
        found: `leading to ${name}, which promises nothing`,
        needed: "an objective",
      }));
  },
  examples: () => [
    { name: "with an objective", given: [...system(), route({ name: "api" }), promise("api")], want: "met" },
    { name: "its canary", given: [...system(), route({ name: "api-canary" }), promise("api")], want: "met" },
    {
      name: "without one",
      given: [...system(), route({ name: "api" })],
      want: "not met",
      says: "leading to api, which promises nothing",
    },
    { name: "another's", given: [...system(), route({ name: "api" }), promise("web")], want: "not met" },
    { name: "not known yet", given: [...system(), route({ name: notKnown.string })], want: "unverifiable" },
    { name: "something outside", given: [...system(), route({ kind: "Backend", name: "ai" })], want: "not applicable" },
    noneOfIt,
  ],
});

/** What serves those who operate, not those who use. */
const isOfThePlatform = (name: string): boolean => ["grafana"].includes(name);
