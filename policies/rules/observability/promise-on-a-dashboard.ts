import { noneOfIt, notKnown, system } from "../../engine/example";
import { ofKind, readAll } from "../../engine/kubernetes";
import type { RuleFile } from "../../engine/promises";
import { promisesIn } from "../../engine/promises";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

const ruleFiles = ofKind<RuleFile>("monitoring.coreos.com", "PrometheusRule");

interface Settings {
  data?: Record<string, string>;
}

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
const dashboard = (text: unknown): ExampleResource => ({
  type: "kubernetes:core/v1:ConfigMap",
  name: "dashboards",
  props: { metadata: { name: "dashboards", namespace: "monitoring" }, data: { "api.json": text } },
});

export const promiseOnADashboard = defineRule<RuleFile>({
  id: "GL-SLO-03",
  slug: "promise-on-a-dashboard",
  title: "Every service with an objective has a dashboard.",
  why: "At three in the morning nobody writes queries.",
  fix: "Draw the service on a dashboard; a ConfigMap with the dashboard's JSON must name it.",
  severity: "medium",
  requirements: ["S-142", "S-166"],
  items: ["C.1.2", "F.2"],
  mappings: ["NIST:SI-4"],
  scope: "stack",
  inspects: "objective",
  subjects: ruleFiles,
  check: (value, { graph }) => {
    const services = new Set(promisesIn(value).flatMap(one => one.service ?? []));
    if (services.size === 0) return { notApplicable: "it holds no objective" };
    const drawn = graph
      .ofKind("", "ConfigMap")
      .flatMap(one => Object.values(readAll<Settings>(one).data ?? {}))
      .filter(text => text.includes('"panels"'));
    const names = (text: string, service: string) =>
      new RegExp(`[^\\w-]${service.replace(/[^\w-]/g, "")}[^\\w-]`).test(text);
    return [...services]
      .filter(service => !drawn.some(text => names(text, service)))
      .map(service => ({
        path: "spec",
        found: `about ${service}, which is on no dashboard`,
        needed: "one that names it",
      }));
  },
  examples: () => [
    {
      name: "drawn",
      given: [...system(), promise, dashboard('{"panels":[{"expr":"up{service=\\"api\\"}"}]}')],
      want: "met",
    },
    { name: "not drawn", given: [...system(), promise], want: "not met", says: "about api, which is on no dashboard" },
    {
      name: "another's dashboard",
      given: [...system(), promise, dashboard('{"panels":["api-gateway"]}')],
      want: "not met",
    },
    { name: "not known yet", given: [...system(), promise, dashboard(notKnown.string)], want: "unverifiable" },
    noneOfIt,
  ],
});
