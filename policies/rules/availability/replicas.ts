import { notKnown, system } from "../../engine/example";
import type { Workload } from "../../engine/kubernetes";
import { readAll, servingWorkloads } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";
import { leastPods } from "./capacity";

/** A pooler stands between every client and the database: one of them is one point of failure. CloudNativePG makes its pods. */
function poolers(resource: Resource): Subject<Workload>[] {
  if (resource.group !== "postgresql.cnpg.io" || resource.kind !== "Pooler") return [];
  type Pooler = { metadata?: Workload["metadata"]; spec?: { instances?: number } };
  const read = (): Workload => {
    const { metadata = {}, spec } = readAll<Pooler>(resource);
    return { kind: "Pooler", metadata, spec: { replicas: spec?.instances ?? 1 }, template: { spec: {} } };
  };
  return [{ resource, path: "", read }];
}

const pooler = (instances?: number): ExampleResource => ({
  type: "kubernetes:postgresql.cnpg.io/v1:Pooler",
  name: "pool",
  props: { metadata: { name: "pool", namespace: "shop" }, spec: instances === undefined ? {} : { instances } },
});

export const replicas = defineRule<Workload, { least: number }>({
  id: "GL-HA-02",
  slug: "replicas",
  title: "Every serving workload always runs enough pods to lose one.",
  why: "While one pod is drained for maintenance another may fail; in production three keep serving through both.",
  fix: "Raise spec.replicas, or minReplicas of the autoscaler that owns the count.",
  severity: "high",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:SI-13", "NIST:CP-10", "SOC2:A1.2", "ISO:8.14"],
  scope: "stack",
  inspects: "workload",
  params: { local: { least: 2 }, staging: { least: 2 }, production: { least: 3 } },
  subjects: resource => [...servingWorkloads(resource), ...poolers(resource)],
  check: (workload, { params, graph, tier }) => {
    const { count, from } = leastPods(workload, graph);
    const needed = `at least ${params.least} pods in tier ${tier}`;
    return count >= params.least ? [] : [{ path: "", found: `kept at ${count} (${from})`, needed }];
  },
  examples: () => [
    { name: "three", given: system(), want: "met" },
    { name: "three poolers", given: [pooler(3)], want: "met" },
    { name: "a pooler of its own", given: [pooler()], want: "not met", says: "kept at 1 (spec.instances)" },
    {
      name: "one",
      given: system(["Deployment", "spec.replicas", 1]),
      want: "not met",
      says: "kept at 1 (spec.replicas); need at least 3 pods",
    },
    {
      name: "not said, which means one",
      given: system(["Deployment", "spec.replicas", undefined]),
      want: "not met",
      says: "kept at 1",
    },
    {
      name: "an autoscaler keeps three",
      given: [
        ...system(["Deployment", "spec.replicas", undefined]),
        {
          type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
          name: "api",
          props: {
            metadata: { name: "api", namespace: "shop" },
            spec: { minReplicas: 3, maxReplicas: 6, scaleTargetRef: { kind: "Deployment", name: "api" } },
          },
        },
      ],
      want: "met",
    },
    {
      name: "an autoscaler that goes down to one",
      given: [
        ...system(),
        {
          type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
          name: "api",
          props: {
            metadata: { name: "api", namespace: "shop" },
            spec: { maxReplicas: 6, scaleTargetRef: { kind: "Deployment", name: "api" } },
          },
        },
      ],
      want: "not met",
      says: "minReplicas of its HorizontalPodAutoscaler",
    },
    { name: "not known yet", given: system(["Deployment", "spec.replicas", notKnown.number]), want: "unverifiable" },
  ],
});
