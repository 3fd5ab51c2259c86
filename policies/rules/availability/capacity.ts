import { selects } from "../../engine/kubernetes";
import type { LabelSelector, Metadata, Workload } from "../../engine/kubernetes";
import { readAll } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";

/** What the availability rules ask of a workload together. */

interface Autoscaler {
  metadata?: Metadata;
  spec?: { minReplicas?: number; scaleTargetRef?: { kind?: string; name?: string; apiVersion?: string } };
}

/** Pods that always run: what the autoscaler keeps at least, else the workload's own count; and where that stands. */
export function leastPods(workload: Workload, graph: Graph): { count: number; from: string } {
  const { name, namespace } = workload.metadata;
  const autoscaler = graph
    .ofKind("autoscaling", "HorizontalPodAutoscaler")
    .map(resource => readAll<Autoscaler>(resource))
    .find(one => {
      const target = one.spec?.scaleTargetRef;
      return one.metadata?.namespace === namespace && target?.kind === workload.kind && target.name === name;
    });
  if (autoscaler)
    return { count: autoscaler.spec?.minReplicas ?? 1, from: "minReplicas of its HorizontalPodAutoscaler" };
  if (workload.kind === "Pod") return { count: 1, from: "a Pod of its own" };
  return { count: workload.spec.replicas ?? 1, from: "spec.replicas" };
}

export interface DisruptionBudget {
  metadata?: Metadata;
  spec?: { minAvailable?: number | string; maxUnavailable?: number | string; selector?: LabelSelector };
}

/** The disruption budgets whose selector picks a workload's pods. */
export function budgetsOf(workload: Workload, graph: Graph): DisruptionBudget[] {
  const labels = workload.template.metadata?.labels ?? {};
  return graph
    .ofKind("policy", "PodDisruptionBudget")
    .map(resource => readAll<DisruptionBudget>(resource))
    .filter(
      budget => budget.metadata?.namespace === workload.metadata.namespace && selects(budget.spec?.selector, labels),
    );
}
