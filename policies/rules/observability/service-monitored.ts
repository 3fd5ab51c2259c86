import { notKnown, system } from "../../engine/example";
import type { LabelSelector, Metadata, Workload } from "../../engine/kubernetes";
import { readAll, selects, servingWorkloads } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";
import { once, pickersOf } from "../../engine/lookup";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Monitor {
  metadata?: Metadata;
  spec?: {
    selector?: LabelSelector;
    namespaceSelector?: { any?: boolean; matchNames?: string[] };
    endpoints?: object[];
    podMetricsEndpoints?: object[];
  };
}

interface Service {
  metadata?: Metadata;
  spec?: { selector?: Record<string, string> };
}

const reaches = (monitor: Monitor, namespace: string | undefined): boolean => {
  const { any, matchNames } = monitor.spec?.namespaceSelector ?? {};
  return (
    any === true || (matchNames ? matchNames.some(one => one === namespace) : monitor.metadata?.namespace === namespace)
  );
};

/** Monitors of their own namespace by labels, and those that look further. */
const monitors = (kind: string, graph: Graph) =>
  once(graph, `monitors ${kind}`, () => {
    const all = graph.ofKind("monitoring.coreos.com", kind).map(resource => readAll<Monitor>(resource));
    const isFar = ({ spec }: Monitor) =>
      spec?.namespaceSelector?.any === true || spec?.namespaceSelector?.matchNames !== undefined;
    const about = ({ metadata, spec }: Monitor) => ({ namespace: metadata?.namespace, selector: spec?.selector });
    const near = pickersOf(
      all.filter(one => !isFar(one)),
      about,
    );
    return { far: all.filter(isFar), near };
  });

const servicesOf = (graph: Graph) =>
  once(graph, "services by pods", () =>
    pickersOf(
      graph.ofKind("", "Service").map(resource => readAll<Service>(resource)),
      ({ metadata, spec }) => ({
        namespace: metadata?.namespace,
        selector: spec?.selector && { matchLabels: spec.selector },
      }),
    ),
  );

function isMonitored(workload: Workload, graph: Graph): boolean {
  const { namespace } = workload.metadata;
  const labels = workload.template.metadata?.labels ?? {};
  const about = (kind: string, own: Record<string, string> | undefined) => {
    const { far, near } = monitors(kind, graph);
    return [...near(namespace, own), ...far.filter(one => reaches(one, namespace) && selects(one.spec?.selector, own))];
  };
  if (about("PodMonitor", labels).some(one => (one.spec?.podMetricsEndpoints ?? []).length > 0)) return true;
  return servicesOf(graph)(namespace, labels).some(service =>
    about("ServiceMonitor", service.metadata?.labels).some(one => (one.spec?.endpoints ?? []).length > 0),
  );
}

const labels = { "app.kubernetes.io/name": "api" };
const metadata = { name: "api", namespace: "shop", labels };
const service: ExampleResource = {
  type: "kubernetes:core/v1:Service",
  name: "api",
  props: { metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
};
const monitor = (spec: object = {}): ExampleResource => ({
  type: "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
  name: "api",
  props: { metadata, spec: { selector: { matchLabels: labels }, endpoints: [{ port: "http" }], ...spec } },
});

export const serviceMonitored = defineRule<Workload>({
  id: "GL-OBS-01",
  slug: "service-monitored",
  title: "Every serving workload is scraped for metrics.",
  why: "What is not measured fails unseen: no objective, no alert and no autoscaler can look at it.",
  fix: "Add a ServiceMonitor whose selector picks the labels of its Service, or a PodMonitor that picks its pods.",
  severity: "high",
  requirements: ["S-039", "S-141"],
  items: ["C.1.1"],
  mappings: ["NIST:SI-4", "SOC2:CC7.2"],
  scope: "stack",
  inspects: "workload",
  subjects: servingWorkloads,
  check: (workload, { graph }) =>
    isMonitored(workload, graph)
      ? []
      : [{ path: "", found: "scraped by nothing", needed: "a ServiceMonitor or PodMonitor that picks it" }],
  examples: () => [
    { name: "by its service", given: [...system(), service, monitor()], want: "met" },
    {
      name: "by its pods",
      given: [
        ...system(),
        {
          type: "kubernetes:monitoring.coreos.com/v1:PodMonitor",
          name: "api",
          props: { metadata, spec: { selector: { matchLabels: labels }, podMetricsEndpoints: [{ port: "metrics" }] } },
        },
      ],
      want: "met",
    },
    { name: "by nothing", given: system(), want: "not met", says: "scraped by nothing" },
    { name: "a monitor without a service", given: [...system(), monitor()], want: "not met" },
    {
      name: "a monitor of another service",
      given: [...system(), service, monitor({ selector: { matchLabels: { app: "other" } } })],
      want: "not met",
    },
    {
      name: "a monitor that scrapes nothing",
      given: [...system(), service, monitor({ endpoints: [] })],
      want: "not met",
    },
    {
      name: "not known yet",
      given: [...system(), service, monitor({ selector: notKnown.object })],
      want: "unverifiable",
    },
  ],
});
