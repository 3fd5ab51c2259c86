import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { selects } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { stores } from "../../engine/stores";

const spreads = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"];

export const storeAntiAffinity = defineRule<Store>({
  id: "GL-DATA-03",
  slug: "store-anti-affinity",
  title: "The members of a store are never all in one place.",
  why: "Three members on one host are one member: the host takes all of them with it.",
  fix: "Require anti-affinity by host, or a topology spread that refuses to schedule.",
  severity: "high",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CP-10", "SOC2:A1.2"],
  scope: "resource",
  inspects: "store",
  subjects: stores,
  check: ({ kind, object }) => {
    const { spec = {} } = object;
    if (kind === "postgres") {
      const { enablePodAntiAffinity, podAntiAffinityType } = spec.affinity ?? {};
      if (enablePodAntiAffinity !== false && podAntiAffinityType === "required") return [];
      return [
        {
          path: "spec.affinity",
          found: "a wish, not a demand",
          needed: "enablePodAntiAffinity with podAntiAffinityType: required",
        },
      ];
    }
    if (kind === "mongodb")
      return (spec.replsets ?? []).flatMap(({ affinity }, index) =>
        spreads.includes(affinity?.antiAffinityTopologyKey ?? "kubernetes.io/hostname")
          ? []
          : [
              {
                path: `spec.replsets[${index}].affinity.antiAffinityTopologyKey`,
                found: "no place",
                needed: "kubernetes.io/hostname or a zone",
              },
            ],
      );
    const labels = spec.template?.metadata?.labels ?? {};
    const pod = spec.template?.spec ?? {};
    const required = pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const isApart = required.some(one => spreads.includes(one.topologyKey ?? "") && selects(one.labelSelector, labels));
    const isSpread = (pod.topologySpreadConstraints ?? []).some(
      one =>
        spreads.includes(one.topologyKey ?? "") &&
        one.whenUnsatisfiable === "DoNotSchedule" &&
        selects(one.labelSelector, labels),
    );
    return isApart || isSpread
      ? []
      : [
          {
            path: "spec.template.spec",
            found: "free to stand on one host",
            needed: "required anti-affinity, or a spread with DoNotSchedule, over its own pods",
          },
        ];
  },
  examples: () => [
    { name: "required by host", given: store("volumes"), want: "met" },
    { name: "required of the operator", given: store("postgres"), want: "met" },
    { name: "the operator's default", given: store("mongodb"), want: "met" },
    {
      name: "preferred only",
      given: store("postgres", ["Cluster", "spec.affinity.podAntiAffinityType", "preferred"]),
      want: "not met",
      says: "a wish, not a demand",
    },
    {
      name: "nothing said",
      given: store("volumes", ["StatefulSet", "spec.template.spec.affinity", undefined]),
      want: "not met",
      says: "free to stand on one host",
    },
    {
      name: "apart from others, not from each other",
      given: store("volumes", ["StatefulSet", "spec.template.metadata.labels", { app: "other" }]),
      want: "not met",
    },
    {
      name: "not known yet",
      given: store("postgres", ["Cluster", "spec.affinity", notKnown.object]),
      want: "unverifiable",
    },
  ],
});
