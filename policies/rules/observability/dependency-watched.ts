import { noneOfIt, notKnown, system } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { ofKind, readAll } from "../../engine/kubernetes";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

/** The label that everything about one dependency outside carries. */
const label = "greenlight.dev/dependency";

interface About {
  metadata?: Metadata;
  spec?: { groups?: { rules?: { alert?: string }[] }[]; targets?: object };
}

const routes = ofKind<About>("gateway.networking.k8s.io", "HTTPRoute");

const about = (kind: string, spec: object, name: unknown = "ai"): ExampleResource => ({
  type:
    kind === "HTTPRoute"
      ? "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
      : `kubernetes:monitoring.coreos.com/v1:${kind}`,
  name: `ai-${kind}`,
  props: { metadata: { name: "ai", namespace: "gateway", labels: { [label]: name } }, spec },
});
const route = about("HTTPRoute", {});
const probe = about("Probe", { targets: { staticConfig: { static: ["https://ai.example.com"] } } });
const alerts = about("PrometheusRule", { groups: [{ name: "ai", rules: [{ alert: "DependencyDown" }] }] });

export const dependencyWatched = defineRule<About>({
  id: "GL-OBS-08",
  slug: "dependency-watched",
  title: "Everything outside that services need is probed, and somebody hears when it fails.",
  why: "When a supplier is down, the first to know should not be the customers.",
  fix: "Declare it under greenlight:dependencies: a probe and alerts come with it.",
  severity: "high",
  requirements: ["S-143"],
  items: ["C.1.3"],
  mappings: ["NIST:SI-4", "SOC2:CC7.2"],
  scope: "stack",
  inspects: "dependency",
  subjects: routes,
  check: ({ metadata }, { graph }) => {
    const name = metadata?.labels?.[label];
    if (name === undefined) return { notApplicable: "it leads to nothing outside" };
    const own = (kind: string) =>
      graph
        .ofKind("monitoring.coreos.com", kind)
        .map(one => readAll<About>(one))
        .filter(one => one.metadata?.labels?.[label] === name);
    const rings = own("PrometheusRule").some(one =>
      (one.spec?.groups ?? []).some(group => (group.rules ?? []).some(rule => rule.alert !== undefined)),
    );
    return [
      ...(own("Probe").length > 0
        ? []
        : [{ path: "", found: `leading to ${name}, which nothing probes`, needed: "a Probe" }]),
      ...(rings ? [] : [{ path: "", found: `leading to ${name}, about which no alert tells`, needed: "an alert" }]),
    ];
  },
  examples: () => [
    { name: "probed, with an alert", given: [route, probe, alerts], want: "met" },
    {
      name: "not probed",
      given: [route, alerts],
      want: "not met",
      says: "leading to ai, which nothing probes; need a Probe",
    },
    { name: "nobody hears", given: [route, probe], want: "not met", says: "about which no alert tells; need an alert" },
    {
      name: "another's probe",
      given: [route, about("Probe", {}, "maps"), alerts],
      want: "not met",
      says: "which nothing probes",
    },
    { name: "not known yet", given: [about("HTTPRoute", {}, notKnown.string), probe, alerts], want: "unverifiable" },
    {
      name: "a route inside",
      given: [...system(), { ...route, props: { metadata: { name: "api", namespace: "shop" } } }],
      want: "not applicable",
    },
    noneOfIt,
  ],
});
