import { notKnown, system, without } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Autoscaler {
  metadata?: Metadata;
  spec?: {
    minReplicas?: number;
    maxReplicas?: number;
    metrics?: object[];
    scaleTargetRef?: { kind?: string; name?: string; apiVersion?: string };
  };
}

function autoscalers(resource: Resource): Subject<Autoscaler>[] {
  if (resource.group !== "autoscaling" || resource.kind !== "HorizontalPodAutoscaler") return [];
  return [{ resource, path: "", read: () => readAll<Autoscaler>(resource) }];
}

const scaler = (spec: object = {}): ExampleResource => ({
  type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
  name: "api",
  props: {
    metadata: { name: "api", namespace: "shop" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
      minReplicas: 3,
      maxReplicas: 6,
      metrics: [{ type: "Resource" }],
      ...spec,
    },
  },
});
/** As a workload has to be that an autoscaler owns the count of. */
const scaled = (...more: ExampleResource[]) => [...system(["Deployment", "spec.replicas", undefined]), ...more];

export const autoscalerTargetAndBounds = defineRule<Autoscaler>({
  id: "GL-HA-06",
  slug: "autoscaler-target-and-bounds",
  title: "Every autoscaler scales something of this stack, between bounds that leave it room.",
  why: "An autoscaler of nothing never acts, one without room cannot, and a fixed count in the workload undoes it at every deployment.",
  fix: "Name a workload of the stack, set maxReplicas above minReplicas, and leave spec.replicas out of the workload.",
  severity: "high",
  requirements: ["S-137"],
  items: ["B.1.3"],
  mappings: ["NIST:SC-5", "SOC2:A1.1"],
  scope: "stack",
  inspects: "autoscaler",
  subjects: autoscalers,
  check: ({ metadata, spec = {} }, { graph }) => {
    const { kind = "", name, apiVersion = "" } = spec.scaleTargetRef ?? {};
    const group = apiVersion.includes("/") ? apiVersion.split("/")[0]! : "";
    const target = graph
      .ofKind(group, kind)
      .map(resource => readAll<{ metadata?: Metadata; spec?: { replicas?: number } }>(resource))
      .find(one => one.metadata?.name === name && one.metadata?.namespace === metadata?.namespace);
    const found: Violation[] = [];
    if (!target)
      found.push({
        path: "spec.scaleTargetRef",
        found: "nothing of this stack",
        needed: "a workload in its namespace",
      });
    else if (target.spec?.replicas !== undefined)
      found.push({
        path: "spec.scaleTargetRef",
        found: "a workload with a count of its own",
        needed: "one without spec.replicas",
      });
    const least = spec.minReplicas ?? 1;
    if ((spec.maxReplicas ?? 0) <= least)
      found.push({ path: "spec.maxReplicas", value: spec.maxReplicas, needed: `more than minReplicas, ${least}` });
    if ((spec.metrics ?? []).length === 0)
      found.push({ path: "spec.metrics", value: spec.metrics, needed: "something to scale by" });
    return found;
  },
  examples: [
    { name: "room to grow", given: scaled(scaler()), want: "met" },
    { name: "of nothing", given: [...without("Deployment"), scaler()], want: "not met", says: "nothing of this stack" },
    {
      name: "of another namespace",
      given: scaled({ ...scaler(), props: { ...scaler().props, metadata: { name: "api", namespace: "other" } } }),
      want: "not met",
    },
    { name: "no room", given: scaled(scaler({ maxReplicas: 3 })), want: "not met", says: "more than minReplicas, 3" },
    { name: "two owners of the count", given: [...system(), scaler()], want: "not met", says: "a count of its own" },
    { name: "by nothing", given: scaled(scaler({ metrics: [] })), want: "not met" },
    { name: "not known yet", given: scaled(scaler({ maxReplicas: notKnown.number })), want: "unverifiable" },
  ],
});
