import { byKey, once, pickersOf } from "../../engine/lookup";
import type { LabelSelector, Metadata, Workload } from "../../engine/kubernetes";
import { readAll } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";

/** What the availability rules ask of a workload together. */

interface Autoscaler {
  metadata?: Metadata;
  spec?: { minReplicas?: number; scaleTargetRef?: { kind?: string; name?: string; apiVersion?: string } };
}

/** Source: keda.sh/docs, "ScaledObject specification", v2.19. */
interface ScaledObject {
  metadata?: Metadata;
  spec?: { minReplicaCount?: number; scaleTargetRef?: { kind?: string; name?: string } };
}

/** Pods that always run: what the autoscaler keeps at least, else the workload's own count; and where that stands. */
export function leastPods(workload: Workload, graph: Graph): { count: number; from: string } {
  const { name, namespace } = workload.metadata;
  const about = `${namespace}/${workload.kind}/${name}`;
  const autoscaler = once(graph, "autoscalers by target", () =>
    byKey(
      graph.ofKind("autoscaling", "HorizontalPodAutoscaler").map(resource => readAll<Autoscaler>(resource)),
      ({ metadata, spec }) => `${metadata?.namespace}/${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`,
    ),
  )(about).find(one => {
    const target = one.spec?.scaleTargetRef;
    return one.metadata?.namespace === namespace && target?.kind === workload.kind && target.name === name;
  });
  if (autoscaler)
    return { count: autoscaler.spec?.minReplicas ?? 1, from: "minReplicas of its HorizontalPodAutoscaler" };
  const scaled = graph
    .ofKind("keda.sh", "ScaledObject")
    .map(resource => readAll<ScaledObject>(resource))
    .find(one => {
      const { kind = "Deployment", name: target } = one.spec?.scaleTargetRef ?? {};
      return one.metadata?.namespace === namespace && kind === workload.kind && target === name;
    });
  // KEDA's own default is none at all.
  if (scaled) return { count: scaled.spec?.minReplicaCount ?? 0, from: "minReplicaCount of its ScaledObject" };
  if (workload.kind === "Pod") return { count: 1, from: "a Pod of its own" };
  return {
    count: workload.spec.replicas ?? 1,
    from: workload.kind === "Pooler" ? "spec.instances" : "spec.replicas",
  };
}

export interface DisruptionBudget {
  metadata?: Metadata;
  spec?: { minAvailable?: number | string; maxUnavailable?: number | string; selector?: LabelSelector };
}

/** The disruption budgets whose selector picks a workload's pods. */
export function budgetsOf(workload: Workload, graph: Graph): DisruptionBudget[] {
  const labels = workload.template.metadata?.labels ?? {};
  return once(graph, "disruption budgets by pods", () =>
    pickersOf(
      graph.ofKind("policy", "PodDisruptionBudget").map(resource => readAll<DisruptionBudget>(resource)),
      ({ metadata, spec }) => ({ namespace: metadata?.namespace, selector: spec?.selector }),
    ),
  )(workload.metadata.namespace, labels);
}
