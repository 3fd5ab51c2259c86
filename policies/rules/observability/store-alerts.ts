import { notKnown } from "../../engine/example";
import { store, storeWithout } from "../../engine/example-stores";
import { readAll } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { stores } from "../../engine/stores";

interface Rules {
  metadata?: { namespace?: string };
  spec?: { groups?: { rules?: { alert?: string; labels?: Record<string, string> }[] }[] };
}

export const storeAlerts = defineRule<Store>({
  id: "GL-OBS-02",
  slug: "store-alerts",
  title: "Somebody is told when a store is in trouble.",
  why: "A store that is nearly full, behind or unsaved gives warning; without an alert nobody hears it.",
  fix: "Add a PrometheusRule in the store's namespace whose alerts carry the label service: <store>, one of them critical.",
  severity: "high",
  requirements: ["S-147", "S-149"],
  items: ["C.4.1"],
  mappings: ["NIST:SI-4", "NIST:AU-5", "SOC2:CC7.2"],
  scope: "stack",
  inspects: "store",
  subjects: stores,
  check: ({ metadata }, { graph }) => {
    const alerts = graph
      .ofKind("monitoring.coreos.com", "PrometheusRule")
      .map(resource => readAll<Rules>(resource))
      .filter(one => one.metadata?.namespace === metadata.namespace)
      .flatMap(one => (one.spec?.groups ?? []).flatMap(group => group.rules ?? []))
      .filter(rule => rule.alert !== undefined && rule.labels?.service === metadata.name);
    if (alerts.length === 0) return [{ path: "", found: "watched by no alert", needed: "alerts with its name" }];
    return alerts.some(alert => alert.labels?.severity === "critical")
      ? []
      : [{ path: "", found: "watched by alerts that wake nobody", needed: "one of severity critical" }];
  },
  examples: () => [
    { name: "a database", given: store("postgres"), want: "met" },
    { name: "volumes", given: store("volumes"), want: "met" },
    { name: "none", given: storeWithout("postgres", "PrometheusRule"), want: "not met", says: "watched by no alert" },
    { name: "of another store", given: store("postgres", ["Cluster", "metadata.name", "other"]), want: "not met" },
    {
      name: "that wake nobody",
      given: store("postgres", ["PrometheusRule", "spec.groups.0.rules.0.labels.severity", "warning"]),
      want: "not met",
      says: "wake nobody",
    },
    {
      name: "not known yet",
      given: store("postgres", ["PrometheusRule", "spec.groups", notKnown.array]),
      want: "unverifiable",
    },
  ],
});
