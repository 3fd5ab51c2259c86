import { at, noneOfIt, notKnown, system } from "../../engine/example";
import type { LabelSelector, Metadata } from "../../engine/kubernetes";
import { ofKind, pods, readAll, templateMetadata } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";
import { once, pickedFrom } from "../../engine/lookup";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Service {
  metadata?: Metadata;
  spec?: { selector?: Record<string, string>; ports?: { port?: number; targetPort?: number | string }[] };
}

interface Ports {
  containers?: { ports?: { name?: string; containerPort?: number }[] }[];
}

const services = ofKind<Service>("", "Service");

const service = (port: object): ExampleResource => ({
  type: "kubernetes:core/v1:Service",
  name: "api",
  props: {
    metadata: { name: "api", namespace: "shop" },
    spec: { selector: { "app.kubernetes.io/name": "api" }, ports: [port] },
  },
});
const listening = () => system(["Deployment", `${at.container}.ports`, [{ name: "http", containerPort: 8080 }]]);

/** Objects that make pods, by the labels of their pods. */
const makers = (graph: Graph) =>
  once(graph, "objects by labels of their pods", () =>
    pickedFrom(
      graph.all.filter(one => pods(one).length > 0),
      one => ({
        namespace: readAll<Service>(one).metadata?.namespace,
        labels: templateMetadata(one)[0]!.read().labels,
      }),
    ),
  );

export const servicePortExists = defineRule<Service>({
  id: "GL-REF-05",
  slug: "service-port-exists",
  title: "A Service leads to a port that its pods have.",
  why: "To a port with another name every connection is refused, though the pods are ready and the Service has endpoints.",
  fix: "Name the container's port as targetPort says, or correct targetPort.",
  severity: "high",
  requirements: ["S-125"],
  items: ["A.2.1"],
  mappings: ["NIST:CM-6"],
  scope: "stack",
  inspects: "service",
  subjects: services,
  check: ({ metadata, spec = {} }, { graph }) => {
    const selector: LabelSelector | undefined = spec.selector && { matchLabels: spec.selector };
    const picked = makers(graph)(metadata?.namespace, selector);
    if (picked.length === 0) return { notApplicable: "no pods of this stack are behind it" };
    const ports = picked
      .flatMap(one => (pods(one)[0]!.read() as Ports).containers ?? [])
      .flatMap(one => one.ports ?? []);
    return (spec.ports ?? []).flatMap(({ port, targetPort = port }, index) => {
      // A number needs no declaration; where ports are declared at all, it is among them.
      const hit =
        typeof targetPort === "string"
          ? ports.some(one => one.name === targetPort)
          : ports.length === 0 || ports.some(one => one.containerPort === targetPort);
      return hit ? [] : [{ path: `spec.ports[${index}].targetPort`, value: targetPort, needed: "a port of its pods" }];
    });
  },
  showable: ["targetPort"],
  examples: () => [
    { name: "by name", given: [...listening(), service({ port: 80, targetPort: "http" })], want: "met" },
    { name: "by number", given: [...listening(), service({ port: 80, targetPort: 8080 })], want: "met" },
    {
      name: "another name",
      given: [...listening(), service({ port: 80, targetPort: "web" })],
      want: "not met",
      says: 'spec.ports[0].targetPort is "web"; need a port of its pods',
    },
    {
      name: "another number",
      given: [...listening(), service({ port: 80 })],
      want: "not met",
      says: "targetPort is 80",
    },
    {
      name: "not known yet",
      given: [...listening(), service({ port: 80, targetPort: notKnown.string })],
      want: "unverifiable",
    },
    { name: "nobody behind it", given: [service({ port: 80 })], want: "not applicable" },
    noneOfIt,
  ],
});
