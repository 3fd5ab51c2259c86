import { at, notKnown, system } from "../../engine/example";
import type { Workload } from "../../engine/kubernetes";
import { selects, servingWorkloads } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

const zone = "topology.kubernetes.io/zone";

export const zoneSpread = defineRule<Workload>({
  id: "GL-HA-04",
  slug: "zone-spread",
  title: "The pods of every serving workload are spread over zones.",
  why: "The scheduler may put all of them into one zone, and that zone may be the one that fails.",
  fix: `Add a topologySpreadConstraint with topologyKey ${zone}, whenUnsatisfiable DoNotSchedule and the pods' own labels.`,
  severity: "high",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CP-6", "NIST:SC-36", "SOC2:A1.2"],
  scope: "resource",
  inspects: "workload",
  subjects: servingWorkloads,
  check: ({ template, kind }) => {
    if (kind === "Pod") return { notApplicable: "a single Pod cannot be spread; the rule on replicas judges it" };
    const labels = template.metadata?.labels ?? {};
    const spread = (template.spec.topologySpreadConstraints ?? []).filter(one => one.topologyKey === zone);
    const apart = template.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    if (apart.some(one => one.topologyKey === zone && selects(one.labelSelector, labels))) return [];
    const path = "spec.template.spec.topologySpreadConstraints";
    if (spread.length === 0) return [{ path, found: "without a constraint on zones", needed: `one on ${zone}` }];
    const counted = spread.filter(one => selects(one.labelSelector, labels));
    if (counted.length === 0)
      return [
        {
          path,
          found: "counting other pods: its selector does not pick these",
          needed: "the pods' own labels in labelSelector",
        },
      ];
    return counted.some(one => one.whenUnsatisfiable === "DoNotSchedule" || one.whenUnsatisfiable === undefined)
      ? []
      : [{ path, found: "a wish (ScheduleAnyway)", needed: "whenUnsatisfiable: DoNotSchedule" }];
  },
  examples: () => [
    { name: "spread", given: system(), want: "met" },
    {
      name: "kept apart",
      given: system(
        ["Deployment", `${at.pod}.topologySpreadConstraints`, undefined],
        [
          "Deployment",
          `${at.pod}.affinity`,
          {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: zone, labelSelector: { matchLabels: { "app.kubernetes.io/name": "api" } } },
              ],
            },
          },
        ],
      ),
      want: "met",
    },
    {
      name: "not spread",
      given: system(["Deployment", `${at.pod}.topologySpreadConstraints`, undefined]),
      want: "not met",
      says: "without a constraint on zones",
    },
    {
      name: "only wished",
      given: system(["Deployment", `${at.pod}.topologySpreadConstraints.0.whenUnsatisfiable`, "ScheduleAnyway"]),
      want: "not met",
      says: "a wish",
    },
    {
      name: "counting other pods",
      given: system([
        "Deployment",
        `${at.pod}.topologySpreadConstraints.0.labelSelector`,
        { matchLabels: { app: "other" } },
      ]),
      want: "not met",
      says: "counting other pods",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.pod}.topologySpreadConstraints`, notKnown.array]),
      want: "unverifiable",
    },
  ],
});
