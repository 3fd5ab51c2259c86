import type { Scaling } from "../../model/job-peak";

/** What a worker is scaled by where it does not say. */
export const scalingDefaults = { minReplicas: 2, jobsPerPod: 10 };

/** How a worker is scaled: between so many pods and so many, one for each so many jobs that wait. */
export function scalingOf(args: {
  minReplicas?: number | undefined;
  maxReplicas?: number | undefined;
  jobsPerPod?: number | undefined;
}): Scaling {
  const least = args.minReplicas ?? scalingDefaults.minReplicas;
  return {
    least,
    most: args.maxReplicas ?? least * 10,
    waitingPerWorker: args.jobsPerPod ?? scalingDefaults.jobsPerPod,
  };
}
