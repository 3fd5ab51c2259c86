import { alone, noneOfIt, notKnown } from "../../engine/example";
import { ofKind } from "../../engine/kubernetes";
import type { PromRule, RuleFile } from "../../engine/promises";
import { promisesIn } from "../../engine/promises";
import type { Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

const ruleFiles = ofKind<RuleFile>("monitoring.coreos.com", "PrometheusRule");

/** Windows an expression looks at, such as 5m and 1h. */
const windowsOf = ({ expr }: PromRule): Set<string> =>
  new Set([...String(expr).matchAll(/(?:\[|rate)(\d+[smhd])\b/g)].map(([, window]) => window!));

const alert = (severity: string, expr: string) => ({
  alert: `Burn-${severity}`,
  expr,
  labels: { slo: "api", service: "api", severity },
});
const record = { record: "slo:sli_error:ratio_rate5m", expr: "x", labels: { slo: "api", service: "api" } };
const fast = alert("critical", "ratio_rate1h > 0.0144 and ratio_rate5m > 0.0144");
const slow = alert("warning", "ratio_rate1d > 0.003 and ratio_rate2h > 0.003");
const gone = {
  alert: "Gone",
  expr: 'absent(slo:sli_error:ratio_rate5m{slo="api"})',
  labels: { slo: "api", severity: "warning" },
};
const file = (...rules: object[]) =>
  alone("kubernetes:monitoring.coreos.com/v1:PrometheusRule", {
    metadata: { name: "slo", namespace: "monitoring" },
    spec: { groups: [{ name: "slo", rules }] },
  });

export const promiseAlerts = defineRule<RuleFile>({
  id: "GL-SLO-01",
  slug: "promise-alerts",
  title:
    "Every objective pages when its budget burns fast, tickets when it burns slowly, and tells when nobody measures it.",
  why: "One threshold is either too late for an outage or wakes people for noise; a signal that is gone looks like perfection.",
  fix: "Give each objective a critical and a warning alert over a long and a short window, and one on absent data.",
  severity: "high",
  requirements: ["S-124", "S-147"],
  items: ["A.1.3", "C.4.1"],
  mappings: ["NIST:SI-4", "SOC2:CC7.2"],
  scope: "resource",
  inspects: "objective",
  subjects: ruleFiles,
  check: value => {
    const promises = promisesIn(value);
    if (promises.length === 0) return { notApplicable: "it holds no objective" };
    return promises.flatMap(({ name, rules }): Violation[] => {
      const alerts = rules.filter(one => one.alert !== undefined);
      const of = (severity: string) =>
        alerts.some(one => one.labels?.severity === severity && windowsOf(one).size >= 2);
      return [
        ...(of("critical")
          ? []
          : [{ path: "spec", found: `without a page for ${name} over two windows`, needed: "one" }]),
        ...(of("warning")
          ? []
          : [{ path: "spec", found: `without a ticket for ${name} over two windows`, needed: "one" }]),
        ...(alerts.some(one => String(one.expr).includes("absent("))
          ? []
          : [{ path: "spec", found: `without an alert for when nobody measures ${name}`, needed: "one" }]),
      ];
    });
  },
  examples: () => [
    { name: "page, ticket, absence", given: file(record, fast, slow, gone), want: "met" },
    {
      name: "no page",
      given: file(record, slow, gone),
      want: "not met",
      says: "without a page for api over two windows",
    },
    {
      name: "one window",
      given: file(record, alert("critical", "ratio_rate5m > 0.1"), slow, gone),
      want: "not met",
      says: "without a page",
    },
    { name: "no ticket", given: file(record, fast, gone), want: "not met", says: "without a ticket for api" },
    { name: "absence unseen", given: file(record, fast, slow), want: "not met", says: "when nobody measures api" },
    { name: "not known yet", given: file(record, { ...fast, expr: notKnown.string }), want: "unverifiable" },
    {
      name: "rules of something else",
      given: file({ alert: "Down", expr: "up == 0", labels: { severity: "critical" } }),
      want: "not applicable",
    },
    noneOfIt,
  ],
});
