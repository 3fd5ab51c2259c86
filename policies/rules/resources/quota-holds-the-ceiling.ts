import { parseQuantity } from "../../../model/quantity";
import { at, notKnown, system, without } from "../../engine/example";
import type { Container, Metadata, PodSpec } from "../../engine/kubernetes";
import { ofKind, readAll } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Quota {
  metadata?: Metadata;
  spec?: { hard?: Record<string, string> };
}

interface Maker {
  metadata?: Metadata;
  spec?: { replicas?: number; template?: { spec?: PodSpec } };
}

interface Scaler {
  metadata?: Metadata;
  spec?: { maxReplicas?: number; maxReplicaCount?: number; scaleTargetRef?: { kind?: string; name?: string } };
}

const makers = [
  ["apps", "Deployment"],
  ["apps", "StatefulSet"],
  ["argoproj.io", "Rollout"],
] as const;

const quotas = ofKind<Quota>("", "ResourceQuota");

/** Requests of all pods of a namespace when every autoscaler is at its ceiling. */
function ceilingOf(namespace: string | undefined, name: "cpu" | "memory", graph: Graph): number {
  const scalers = [
    ...graph.ofKind("autoscaling", "HorizontalPodAutoscaler"),
    ...graph.ofKind("keda.sh", "ScaledObject"),
  ].map(one => readAll<Scaler>(one));
  let sum = 0;
  for (const [group, kind] of makers)
    for (const resource of graph.ofKind(group, kind)) {
      const { metadata, spec } = readAll<Maker>(resource);
      if (metadata?.namespace !== namespace) continue;
      const target = (one: Scaler) => one.spec?.scaleTargetRef?.kind ?? "Deployment";
      const scaler = scalers.find(
        one =>
          one.metadata?.namespace === namespace &&
          target(one) === kind &&
          one.spec?.scaleTargetRef?.name === metadata?.name,
      );
      const pods = scaler?.spec?.maxReplicas ?? scaler?.spec?.maxReplicaCount ?? spec?.replicas ?? 1;
      const asked = (list: Container[] = []) =>
        list.reduce((total, one) => total + (parseQuantity(one.resources?.requests?.[name] ?? "0") ?? 0), 0);
      sum += pods * asked(spec?.template?.spec?.containers);
    }
  return sum;
}

const quota = (hard: object): ExampleResource => ({
  type: "kubernetes:core/v1:ResourceQuota",
  name: "quota",
  props: { metadata: { name: "quota", namespace: "shop" }, spec: { hard } },
});

/** The share of a quota that its namespace uses at the ceiling, for each thing it bounds. */
const usesOf = ({ metadata, spec }: Quota, graph: Graph): { name: string; share: number }[] =>
  (["cpu", "memory"] as const).flatMap(name => {
    const hard = parseQuantity(spec?.hard?.[`requests.${name}`] ?? "");
    return hard === undefined ? [] : [{ name, share: ceilingOf(metadata?.namespace, name, graph) / hard }];
  });

/** What is left free for what is released, repaired and restored meanwhile (S-136). */
const headroom = 0.3;

export const quotaHoldsTheCeiling = defineRule<Quota>({
  id: "GL-RES-04",
  slug: "quota-holds-the-ceiling",
  title: "A namespace's quota holds its services at their ceiling, and 30 % more.",
  why: "An autoscaler that meets the quota stops in the middle of the rush, and no new version can start beside it.",
  fix: "Raise the quota, or lower maxReplicas or requests.",
  severity: "high",
  requirements: ["S-135", "S-136"],
  items: ["B.1.2"],
  mappings: ["NIST:SC-5", "SOC2:A1.1"],
  scope: "stack",
  inspects: "quota",
  subjects: quotas,
  observe: (value, { graph }) =>
    usesOf(value, graph)
      // Of a namespace whose workloads nobody sees, such as those of a chart, nothing is proved.
      .filter(({ share }) => share > 0)
      .map(({ name, share }) => ({
        ...{ what: "headroom", of: `${value.metadata?.namespace ?? ""} ${name}`.trim() },
        ...{ provable: (1 - share) * 100, declared: headroom * 100 },
      })),
  check: (value, { graph }) =>
    usesOf(value, graph).flatMap(({ name, share }) =>
      share <= 1 - headroom
        ? []
        : [
            {
              path: `spec.hard["requests.${name}"]`,
              found: `used to ${Math.round(share * 100)} % at the ceiling`,
              needed: `at most ${Math.round((1 - headroom) * 100)} %`,
            },
          ],
    ),
  weaken: (subject, all) => {
    const smaller = { ...subject, props: { ...subject.props, spec: { hard: { "requests.cpu": "1m" } } } };
    return all.map(one => (one === subject ? smaller : one));
  },
  examples: () => [
    {
      name: "room enough",
      given: [...system(), quota({ "requests.cpu": "1", "requests.memory": "1Gi" })],
      want: "met",
    },
    {
      name: "full without scaling",
      given: [...system(), quota({ "requests.cpu": "400m" })],
      want: "not met",
      says: 'requests.cpu"] is used to 75 % at the ceiling; need at most 70 %',
    },
    {
      name: "full at the ceiling",
      given: [
        ...system(["Deployment", "spec.replicas", undefined]),
        quota({ "requests.cpu": "1" }),
        {
          type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
          name: "api",
          props: {
            metadata: { name: "api", namespace: "shop" },
            spec: { maxReplicas: 9, scaleTargetRef: { kind: "Deployment", name: "api" } },
          },
        },
      ],
      want: "not met",
      says: "used to 90 % at the ceiling",
    },
    {
      name: "not known yet",
      given: [
        ...system(["Deployment", `${at.container}.resources.requests.cpu`, notKnown.string]),
        quota({ "requests.cpu": "1" }),
      ],
      want: "unverifiable",
    },
    { name: "no quota", given: without("ResourceQuota"), want: "not applicable" },
  ],
});
