import type { Clock } from "../course";
import { Course, RepairFailed, systemClock } from "../course";
import type { Settings } from "../drill";
import type { DrillReport } from "../run";
import { reportOf } from "../run";
import type { Kubectl } from "./jobs";
import { clusterSteps, restoreInCluster } from "./restore";
import type { ClusterRestore } from "./restores";

export interface ClusterRunOptions {
  kubectl: Kubectl;
  settings: Settings;
  nonce: string;
  /** Nonces of earlier drills: old results must not pass as new ones. */
  used: readonly string[];
  say: (text: string) => void;
  sabotage?: string | undefined;
  signal?: AbortSignal;
  clock?: Clock;
}

/** Runs a restore in the stack's cluster and judges it; its jobs are taken away again, whatever happens. */
export async function runInCluster(one: ClusterRestore, options: ClusterRunOptions): Promise<DrillReport> {
  const { settings, nonce, used, sabotage, kubectl, signal } = options;
  const course = new Course(options.clock ?? systemClock, options.say);
  let done: { engines: Record<string, string>; images: string[] } = { engines: {}, images: [] };
  let broken: string | undefined;
  try {
    done = await restoreInCluster(one, settings, { kubectl, course, nonce, sabotage, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (error instanceof RepairFailed) course.check("the repair worked", false, error.message);
    else broken = (error as Error).message;
  }
  const drill = { ...one, steps: clusterSteps };
  return reportOf(drill, course, settings, { target: "cluster", ...done, broken, nonce, used, sabotage });
}
