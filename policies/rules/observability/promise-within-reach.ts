import { noneOfIt, notKnown, system } from "../../engine/example";
import type { Graph } from "../../engine/graph";
import type { LabelSelector, Metadata } from "../../engine/kubernetes";
import { ofKind, readAll } from "../../engine/kubernetes";
import { once } from "../../engine/lookup";
import type { RuleFile } from "../../engine/promises";
import { promisesIn } from "../../engine/promises";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

/** The label that everything about one dependency carries, and the note of what its maker promises. */
const label = "greenlight.dev/dependency";
const note = "greenlight.dev/sla";

interface About {
  metadata?: Metadata & { annotations?: Record<string, string> };
  spec?: { podSelector?: LabelSelector; responseOverride?: object[] };
}

const ruleFiles = ofKind<RuleFile>("monitoring.coreos.com", "PrometheusRule");

interface Dependency {
  name: string;
  clients: (string | undefined)[];
  /** Percent; undefined where its maker promises nothing. */
  sla: number | undefined;
  /** Whether callers get an answer when it fails. */
  fallback: boolean;
}

const dependencies = (graph: Graph): Dependency[] =>
  once(graph, "dependencies outside", () => {
    const of = (group: string, kind: string) =>
      graph
        .ofKind(group, kind)
        .map(one => readAll<About>(one))
        .filter(one => one.metadata?.labels?.[label] !== undefined);
    const policies = of("networking.k8s.io", "NetworkPolicy");
    const traffic = of("gateway.envoyproxy.io", "BackendTrafficPolicy");
    return of("gateway.networking.k8s.io", "HTTPRoute").map(({ metadata }) => {
      const name = metadata!.labels![label]!;
      const own = (one: About) => one.metadata?.labels?.[label] === name;
      return {
        name,
        clients: policies.filter(own).map(one => one.spec?.podSelector?.matchLabels?.["app.kubernetes.io/name"]),
        sla: /^[\d.]+%$/.test(metadata?.annotations?.[note] ?? "")
          ? parseFloat(metadata!.annotations![note]!)
          : undefined,
        fallback: traffic.some(one => own(one) && (one.spec?.responseOverride ?? []).length > 0),
      };
    });
  });

/** What a file promises, in percent, and who promises it. */
const promisesOfFile = (value: RuleFile): { name: string; service: string | undefined; percent: number }[] =>
  promisesIn(value).flatMap(({ name, service, rules }) => {
    const objective = rules.find(one => one.record === "slo:objective:ratio");
    const ratio = /^vector\(([\d.]+)\)$/.exec(String(objective?.expr))?.[1];
    return ratio === undefined ? [] : [{ name, service, percent: Number(ratio) * 100 }];
  });

/** What has a fallback may fail: its callers are told so, and answer all the same. */
const neededBy = (service: string | undefined, graph: Graph): Dependency[] =>
  dependencies(graph).filter(one => !one.fallback && one.clients.some(client => client === service));

const ceilingOf = (needed: readonly Dependency[]): number =>
  needed.reduce((product, one) => (product * one.sla!) / 100, 100);

const promise = (ratio: unknown, service = "api"): ExampleResource => ({
  type: "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
  name: "slo",
  props: {
    metadata: { name: "slo", namespace: "monitoring" },
    spec: {
      groups: [
        {
          name: "slo",
          rules: [{ record: "slo:objective:ratio", expr: ratio, labels: { slo: "api-errors", service } }],
        },
      ],
    },
  },
});
const labels = { [label]: "ai" };
const dependency = (sla: string, fallback = false): ExampleResource[] => [
  {
    type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    name: "ai",
    props: { metadata: { name: "ai", namespace: "gateway", labels, annotations: { [note]: sla } }, spec: {} },
  },
  {
    type: "kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy",
    name: "ai",
    props: { metadata: { name: "ai", namespace: "gateway", labels }, spec: fallback ? { responseOverride: [{}] } : {} },
  },
  {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "api-to-ai",
    props: {
      metadata: { name: "api-to-ai", namespace: "shop", labels },
      spec: { podSelector: { matchLabels: { "app.kubernetes.io/name": "api" } } },
    },
  },
];

export const promiseWithinReach = defineRule<RuleFile>({
  id: "GL-SLO-04",
  slug: "promise-within-reach",
  title: "No service promises more than what it depends on outside lets it keep.",
  why: "A service that cannot answer without its supplier is down whenever the supplier is, and no replica of ours changes that.",
  fix: "Give the dependency a fallback, lower the objective, or agree on a better promise with its maker.",
  severity: "high",
  requirements: ["S-127"],
  items: ["A.2.3"],
  mappings: ["NIST:SA-9", "SOC2:CC9.2", "ISO:5.22"],
  scope: "stack",
  inspects: "objective",
  subjects: ruleFiles,
  observe: (value, { graph }) =>
    promisesOfFile(value).flatMap(({ name, service, percent }) => {
      const needed = neededBy(service, graph);
      // Who is slow is there all the same.
      if (name.endsWith("-latency") || needed.some(one => one.sla === undefined)) return [];
      return [{ what: "availability", of: service ?? name, provable: ceilingOf(needed), declared: percent }];
    }),
  check: (value, { graph }) => {
    const promises = promisesOfFile(value);
    if (promises.length === 0) return { notApplicable: "it declares no objective" };
    return promises.flatMap(({ name, service, percent }): Violation[] => {
      const needed = neededBy(service, graph);
      const silent = needed.find(one => one.sla === undefined);
      if (silent)
        return [
          {
            path: "spec",
            found: `promising ${show(percent)} % for ${name} on ${silent.name}, which promises nothing`,
            needed: "a promise or a fallback",
          },
        ];
      const ceiling = ceilingOf(needed);
      return percent <= ceiling
        ? []
        : [
            {
              path: "spec",
              found: `promising ${show(percent)} % for ${name} on dependencies that come to ${show(ceiling)} %`,
              needed: "no more than they do",
            },
          ];
    });
  },
  weaken: (subject, all) => [
    ...all.filter(one => one.kind !== "BackendTrafficPolicy"),
    ...promisesIn(readAll<RuleFile>(subject)).flatMap(({ service }) => weakDependency(String(service))),
  ],
  examples: () => [
    {
      name: "less than it depends on",
      given: [...system(), promise("vector(0.99)"), ...dependency("99.9%")],
      want: "met",
    },
    {
      name: "more, with a fallback",
      given: [...system(), promise("vector(0.999)"), ...dependency("99%", true)],
      want: "met",
    },
    {
      name: "more, of somebody who does not call it",
      given: [...system(), promise("vector(0.999)", "web"), ...dependency("99%")],
      want: "met",
    },
    {
      name: "more than it depends on",
      given: [...system(), promise("vector(0.999)"), ...dependency("99.5%")],
      want: "not met",
      says: "promising 99.9 % for api-errors on dependencies that come to 99.5 %; need no more than they do",
    },
    {
      name: "on what promises nothing",
      given: [...system(), promise("vector(0.9)"), ...dependency("none")],
      want: "not met",
      says: "on ai, which promises nothing; need a promise or a fallback",
    },
    {
      name: "not known yet",
      given: [...system(), promise(notKnown.string), ...dependency("99.5%")],
      want: "unverifiable",
    },
    noneOfIt,
  ],
});

/** Without the digits that binary fractions leave behind. */
function show(percent: number): string {
  return String(Number(percent.toFixed(3)));
}

/** A dependency that a service calls and that promises nothing, as the engine would hand it over. */
function weakDependency(service: string): Resource[] {
  const own = { [label]: "weakened" };
  return [
    {
      urn: "weakened-route",
      type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
      group: "gateway.networking.k8s.io",
      kind: "HTTPRoute",
      props: { metadata: { name: "weakened", labels: own, annotations: { [note]: "none" } } },
    },
    {
      urn: "weakened-policy",
      type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      group: "networking.k8s.io",
      kind: "NetworkPolicy",
      props: {
        metadata: { name: "weakened", labels: own },
        spec: { podSelector: { matchLabels: { "app.kubernetes.io/name": service } } },
      },
    },
  ];
}
