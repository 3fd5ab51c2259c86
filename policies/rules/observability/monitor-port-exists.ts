import { noneOfIt, notKnown } from "../../engine/example";
import type { LabelSelector, Metadata } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";
import { ofKind, readAll, selects } from "../../engine/kubernetes";
import { once, pickedFrom } from "../../engine/lookup";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Monitor {
  metadata?: Metadata;
  spec?: {
    selector?: LabelSelector;
    namespaceSelector?: { any?: boolean; matchNames?: string[] };
    endpoints?: { port?: string }[];
  };
}

interface Service {
  metadata?: Metadata;
  spec?: { ports?: { name?: string }[] };
}

const monitors = ofKind<Monitor>("monitoring.coreos.com", "ServiceMonitor");

const labels = { "app.kubernetes.io/name": "api" };
const service: ExampleResource = {
  type: "kubernetes:core/v1:Service",
  name: "api",
  props: { metadata: { name: "api", namespace: "shop", labels }, spec: { ports: [{ name: "metrics", port: 80 }] } },
};
const monitor = (port: unknown, selector: object = { matchLabels: labels }): ExampleResource => ({
  type: "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
  name: "api",
  props: { metadata: { name: "api", namespace: "shop" }, spec: { selector, endpoints: [{ port }] } },
});

const services = (graph: Graph) =>
  once(graph, "services", () => graph.ofKind("", "Service").map(one => readAll<Service>(one)));
const servicesAt = (graph: Graph) =>
  once(graph, "services by labels", () =>
    pickedFrom(services(graph), ({ metadata }) => ({ namespace: metadata?.namespace, labels: metadata?.labels })),
  );

export const monitorPortExists = defineRule<Monitor>({
  id: "GL-OBS-07",
  slug: "monitor-port-exists",
  title: "A monitor asks a port that its Services have.",
  why: "Prometheus drops a target without the port and says nothing: the graph is empty, and every alert on it silent.",
  fix: "Give the Service's port the name the monitor asks for.",
  severity: "high",
  requirements: ["S-141"],
  items: ["C.1.1"],
  mappings: ["NIST:SI-4"],
  scope: "stack",
  inspects: "monitor",
  showable: ["port"],
  subjects: monitors,
  check: ({ metadata, spec = {} }, { graph }) => {
    const { any, matchNames } = spec.namespaceSelector ?? {};
    const inPlace = (namespace: string | undefined) =>
      any === true || (matchNames ? matchNames.some(one => one === namespace) : namespace === metadata?.namespace);
    // Most monitors watch their own namespace; the others look everywhere.
    const watched =
      any || matchNames
        ? services(graph).filter(
            one => inPlace(one.metadata?.namespace) && selects(spec.selector, one.metadata?.labels),
          )
        : servicesAt(graph)(metadata?.namespace, spec.selector);
    if (watched.length === 0) return { notApplicable: "it watches Services that others make" };
    return (spec.endpoints ?? []).flatMap(({ port }, index) =>
      port === undefined || watched.some(one => (one.spec?.ports ?? []).some(each => each.name === port))
        ? []
        : [{ path: `spec.endpoints[${index}].port`, value: port, needed: "a port of its Services" }],
    );
  },
  examples: () => [
    { name: "a port it has", given: [service, monitor("metrics")], want: "met" },
    {
      name: "another name",
      given: [service, monitor("http")],
      want: "not met",
      says: 'spec.endpoints[0].port is "http"; need a port of its Services',
    },
    { name: "not known yet", given: [service, monitor(notKnown.string)], want: "unverifiable" },
    {
      name: "others' Services",
      given: [service, monitor("http", { matchLabels: { app: "x" } })],
      want: "not applicable",
    },
    noneOfIt,
  ],
});
