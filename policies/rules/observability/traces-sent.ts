import { at, noneOfIt, notKnown, system, without } from "../../engine/example";
import type { Workload } from "../../engine/kubernetes";
import { servingWorkloads } from "../../engine/kubernetes";
import { promises } from "../../engine/promises";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

const promise: ExampleResource = {
  type: "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
  name: "slo",
  props: {
    metadata: { name: "slo", namespace: "monitoring" },
    spec: {
      groups: [{ name: "slo", rules: [{ record: "r", expr: "x", labels: { slo: "api-errors", service: "api" } }] }],
    },
  },
};
const collector = [{ name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://otel-collector.monitoring:4318" }];

export const tracesSent = defineRule<Workload>({
  id: "GL-OBS-06",
  slug: "traces-sent",
  title: "Every service with an objective sends its traces somewhere.",
  why: "When three services are slow at once, only a trace says which one makes the others wait.",
  fix: "Set OTEL_EXPORTER_OTLP_ENDPOINT; the platform does it where observability is switched on.",
  severity: "medium",
  requirements: ["S-146"],
  items: ["C.3.1"],
  mappings: ["NIST:AU-12"],
  scope: "stack",
  inspects: "workload",
  subjects: servingWorkloads,
  check: ({ metadata, template }, { graph }) => {
    if (!promises(graph).some(one => one.service === metadata.name)) return { notApplicable: "it promises nothing" };
    const variables = (template.spec.containers ?? []).flatMap(one => one.env ?? []);
    return variables.some(one => one.name === "OTEL_EXPORTER_OTLP_ENDPOINT")
      ? []
      : [{ path: "", found: "sending no traces", needed: "OTEL_EXPORTER_OTLP_ENDPOINT" }];
  },
  examples: () => [
    {
      name: "to the collector",
      given: [...system(["Deployment", `${at.container}.env`, collector]), promise],
      want: "met",
    },
    { name: "to nobody", given: [...system(), promise], want: "not met", says: "sending no traces" },
    {
      name: "not known yet",
      given: [...system(["Deployment", `${at.container}.env`, [{ name: notKnown.string }]]), promise],
      want: "unverifiable",
    },
    { name: "promises nothing", given: system(), want: "not applicable" },
    { ...noneOfIt, given: without("Deployment") },
  ],
});
