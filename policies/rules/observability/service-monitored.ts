import { notKnown, system } from "../../engine/example";
import type { LabelSelector, Metadata, Workload } from "../../engine/kubernetes";
import { readAll, selects, servingWorkloads } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";
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

function isMonitored(workload: Workload, graph: Graph): boolean {
  const { namespace } = workload.metadata;
  const labels = workload.template.metadata?.labels ?? {};
  const of = (kind: string) => graph.ofKind("monitoring.coreos.com", kind).map(resource => readAll<Monitor>(resource));
  const byPod = of("PodMonitor").some(
    one =>
      reaches(one, namespace) &&
      (one.spec?.podMetricsEndpoints ?? []).length > 0 &&
      selects(one.spec?.selector, labels),
  );
  if (byPod) return true;
  const services = graph
    .ofKind("", "Service")
    .map(resource => readAll<Service>(resource))
    .filter(
      one =>
        one.metadata?.namespace === namespace &&
        one.spec?.selector !== undefined &&
        selects({ matchLabels: one.spec.selector }, labels),
    );
  return of("ServiceMonitor").some(
    one =>
      reaches(one, namespace) &&
      (one.spec?.endpoints ?? []).length > 0 &&
      services.some(service => selects(one.spec?.selector, service.metadata?.labels)),
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
  examples: [
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
