import { workerSpec } from "../components/delivery/worker";
import type { ScaledWorkers } from "../model/job-peak";
import { workerSchema } from "../stacks/platform-schema";

/** How the first worker that a stack declares is scaled, as its component renders it; undefined where there is none. */
export function declaredWorker(config: Record<string, unknown>): Omit<ScaledWorkers, "atOnce"> | undefined {
  const [first] = Array.isArray(config.workers) ? (config.workers as unknown[]) : [];
  const { success, data } = workerSchema.safeParse(first);
  if (!success || typeof config.system !== "string") return undefined;
  const { minReplicaCount, maxReplicaCount, triggers } = workerSpec({ ...data, system: config.system }).scaler.spec;
  return { least: minReplicaCount, most: maxReplicaCount, waitingPerWorker: Number(triggers[0]!.metadata.threshold) };
}
