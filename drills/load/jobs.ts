import { headroomEndsAfterDays } from "../../model/growth";
import { mostJobs, scaledP95, workersNeeded } from "../../model/job-peak";
import { limits } from "../../model/limits";
import type { Course } from "../course";
import type { Settings } from "../drill";

/**
 * The peak of AI jobs (S-134) by a model of waiting lines, from what the stack declares of load and workers: whether 95 % are done in time
 * (S-123), how many workers that takes, and when what is left is used. Nothing is measured here, and the report says so.
 */
export function jobPeak(course: Course, { load, worker }: Settings, headroom: number): void {
  const { jobs } = load ?? {};
  if (!jobs || !worker) return;
  const { perMinute, seconds, atOnce } = jobs;
  const within = limits.production.jobMs / 1_000;
  const peak = { perSecond: perMinute.launch / 60, seconds };
  const p95 = scaledP95(peak, { atOnce, ...worker });
  course.check(
    `model: at ${perMinute.launch} jobs a minute 95 % are done within ${within} s`,
    p95 < within,
    Number.isFinite(p95)
      ? `${Math.round(p95)} s with ${worker.least} to ${worker.most} workers, one for each ${worker.waitingPerWorker} that wait`
      : "the line only grows",
  );
  if (Number.isFinite(p95)) course.measure("model: 95 % of AI jobs are done within", p95, 1, "s");
  const needed = workersNeeded(peak, within);
  if (needed !== undefined) course.measure("model: workers at the peak", Math.ceil(needed / atOnce), 1, "workers");
  const most = mostJobs(worker.most * atOnce, seconds, within) * 60;
  course.measure("model: most AI jobs a minute", most, 1, "jobs");
  course.check(
    `model: ${headroom * 100} % are left of what ${worker.most} workers bear`,
    perMinute.launch <= most * (1 - headroom),
    `${perMinute.launch} of ${Math.floor(most)} a minute`,
  );
  const days = headroomEndsAfterDays(perMinute, most, headroom);
  if (days !== undefined) course.measure("model: headroom of AI jobs ends after", days, 1, "days");
}
