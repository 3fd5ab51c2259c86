import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { ofKind } from "../../engine/kubernetes";
import type { Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Rules {
  spec?: {
    groups?: {
      rules?: {
        alert?: string;
        expr?: string;
        for?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
      }[];
    }[];
  };
}

const ruleSets = ofKind<Rules>("monitoring.coreos.com", "PrometheusRule");

const severities = ["critical", "warning", "info"];
const first = "spec.groups.0.rules.0";

export const alertActionable = defineRule<Rules>({
  id: "GL-OBS-03",
  slug: "alert-actionable",
  title: "Every alert says how bad it is, what is wrong, and what to do.",
  why: "An alert without a severity goes to everybody or nobody; without a runbook it starts a search at night.",
  fix: "Give each alert a severity label, a `for`, a summary and a runbook annotation.",
  severity: "medium",
  requirements: ["S-147", "S-148", "S-160"],
  items: ["C.4.2", "E.2.1"],
  mappings: ["NIST:IR-4", "SOC2:CC7.3"],
  scope: "resource",
  inspects: "rule set",
  subjects: ruleSets,
  check: ({ spec }) =>
    (spec?.groups ?? []).flatMap((group, at) =>
      (group.rules ?? []).flatMap((rule, index): Violation[] => {
        if (rule.alert === undefined) return [];
        const path = `spec.groups[${at}].rules[${index}]`;
        const { labels = {}, annotations = {} } = rule;
        const missing: Violation[] = [];
        if (!severities.includes(labels.severity ?? ""))
          missing.push({ path: `${path}.labels.severity`, value: labels.severity, needed: severities.join(", ") });
        if (rule.for === undefined)
          missing.push({ path: `${path}.for`, value: undefined, needed: "how long it must hold" });
        if (!annotations.summary)
          missing.push({ path: `${path}.annotations.summary`, value: undefined, needed: "what is wrong" });
        if (!annotations.runbook && !annotations.runbook_url)
          missing.push({ path: `${path}.annotations.runbook`, value: undefined, needed: "what to do" });
        return missing;
      }),
    ),
  examples: () => [
    { name: "all four", given: store("postgres"), want: "met" },
    {
      name: "no runbook",
      given: store("postgres", ["PrometheusRule", `${first}.annotations.runbook`, undefined]),
      want: "not met",
      says: "annotations.runbook is missing",
    },
    {
      name: "no severity",
      given: store("postgres", ["PrometheusRule", `${first}.labels.severity`, undefined]),
      want: "not met",
    },
    {
      name: "at once",
      given: store("postgres", ["PrometheusRule", `${first}.for`, undefined]),
      want: "not met",
      says: "how long it must hold",
    },
    {
      name: "not known yet",
      given: store("postgres", ["PrometheusRule", `${first}.labels`, notKnown.object]),
      want: "unverifiable",
    },
  ],
});
