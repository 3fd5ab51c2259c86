import type { Clock } from "../course";
import { Course, RepairFailed, systemClock } from "../course";
import type { Settings } from "../drill";
import type { DrillReport } from "../run";
import { reportOf } from "../run";
import type { ClusterDrill } from "./drill";
import { clusterFailovers } from "./failover";
import type { Kubectl } from "./jobs";
import { restoreDrill } from "./restore";
import { clusterRestores } from "./restores";

/** Every drill that has a cluster for its target. */
export const clusterDrills: readonly ClusterDrill[] = [...clusterRestores.map(restoreDrill), ...clusterFailovers];

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

/** Runs a drill in the stack's cluster and judges it; its jobs are taken away again, whatever happens. */
export async function runInCluster(one: ClusterDrill, options: ClusterRunOptions): Promise<DrillReport> {
  const { settings, nonce, used, sabotage, kubectl, signal } = options;
  const course = new Course(options.clock ?? systemClock, options.say);
  let done: { engines: Record<string, string>; images: string[] } = { engines: {}, images: [] };
  let broken: string | undefined;
  try {
    done = await one.run({ kubectl, course, nonce, sabotage, signal }, settings);
  } catch (error) {
    if (error instanceof RepairFailed) course.check("the repair worked", false, error.message);
    else broken = (error as Error).message;
  }
  return reportOf(one, course, settings, { target: "cluster", ...done, broken, nonce, used, sabotage });
}
