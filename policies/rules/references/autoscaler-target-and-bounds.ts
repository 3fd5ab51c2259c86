import { notKnown, system, without } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { ofKind, readAll } from "../../engine/kubernetes";
import type { ExampleResource, Violation } from "../../engine/rule";
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

const autoscalers = ofKind<Autoscaler>("autoscaling", "HorizontalPodAutoscaler");

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
const scaled = (...more: ExampleResource[]) => [...system(), ...more];

export const autoscalerTargetAndBounds = defineRule<Autoscaler>({
  id: "GL-HA-06",
  slug: "autoscaler-target-and-bounds",
  title: "Every autoscaler scales something of this stack, between bounds that leave it room.",
  why: "An autoscaler of nothing never acts, and one without room cannot.",
  fix: "Name a workload of the stack, and set maxReplicas above minReplicas.",
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
      .map(resource => readAll<{ metadata?: Metadata }>(resource))
      .find(one => one.metadata?.name === name && one.metadata?.namespace === metadata?.namespace);
    const found: Violation[] = [];
    if (!target)
      found.push({
        path: "spec.scaleTargetRef",
        found: "nothing of this stack",
        needed: "a workload in its namespace",
      });
    const least = spec.minReplicas ?? 1;
    if ((spec.maxReplicas ?? 0) <= least)
      found.push({ path: "spec.maxReplicas", value: spec.maxReplicas, needed: `more than minReplicas, ${least}` });
    if ((spec.metrics ?? []).length === 0)
      found.push({ path: "spec.metrics", value: spec.metrics, needed: "something to scale by" });
    return found;
  },
  examples: () => [
    { name: "room to grow", given: scaled(scaler()), want: "met" },
    { name: "of nothing", given: [...without("Deployment"), scaler()], want: "not met", says: "nothing of this stack" },
    {
      name: "of another namespace",
      given: scaled({ ...scaler(), props: { ...scaler().props, metadata: { name: "api", namespace: "other" } } }),
      want: "not met",
    },
    { name: "no room", given: scaled(scaler({ maxReplicas: 3 })), want: "not met", says: "more than minReplicas, 3" },
    { name: "by nothing", given: scaled(scaler({ metrics: [] })), want: "not met" },
    { name: "not known yet", given: scaled(scaler({ maxReplicas: notKnown.number })), want: "unverifiable" },
  ],
});
