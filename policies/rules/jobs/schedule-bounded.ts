import { worstGapMinutes } from "../../../model/cadence";
import { applyEdits, notKnown } from "../../engine/example";
import type { Edit } from "../../engine/example";
import { storeWithout } from "../../engine/example-stores";
import { ofKind } from "../../engine/kubernetes";
import type { Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface CronJob {
  spec?: {
    schedule?: string;
    concurrencyPolicy?: string;
    startingDeadlineSeconds?: number;
    jobTemplate?: { spec?: { activeDeadlineSeconds?: number; backoffLimit?: number } };
  };
}

const cronJobs = ofKind<CronJob>("batch", "CronJob");

const only = storeWithout("volumes", "StatefulSet", "Certificate", "PrometheusRule", "CronJob/cache-drill");
const job = (...edits: Edit[]) => applyEdits(only, edits);

export const scheduleBounded = defineRule<CronJob>({
  id: "GL-JOB-01",
  slug: "schedule-bounded",
  title: "Every scheduled job starts in time, ends in time, and never runs twice at once.",
  why: "A job that hangs holds the next one back or piles up; without a deadline a hundred missed starts end it for good.",
  fix: "Set concurrencyPolicy: Forbid, startingDeadlineSeconds of at least ten seconds, and the job's activeDeadlineSeconds and backoffLimit.",
  severity: "medium",
  requirements: ["S-130", "S-161"],
  items: ["A.3.3", "E.2.2"],
  mappings: ["NIST:CP-9", "NIST:SC-5"],
  scope: "resource",
  inspects: "scheduled job",
  subjects: cronJobs,
  check: ({ spec = {} }) => {
    const found: Violation[] = [];
    const inner = spec.jobTemplate?.spec ?? {};
    if (spec.schedule === undefined || worstGapMinutes(spec.schedule) === undefined)
      found.push({ path: "spec.schedule", found: "never", needed: "a cron schedule that comes round" });
    if ((spec.concurrencyPolicy ?? "Allow") === "Allow")
      found.push({ path: "spec.concurrencyPolicy", found: "free to run twice at once", needed: "Forbid or Replace" });
    // The controller looks every ten seconds; with less, a start may be missed for ever.
    if ((spec.startingDeadlineSeconds ?? 0) < 10)
      found.push({ path: "spec.startingDeadlineSeconds", value: spec.startingDeadlineSeconds, needed: "at least 10" });
    if (inner.activeDeadlineSeconds === undefined)
      found.push({ path: "spec.jobTemplate.spec.activeDeadlineSeconds", value: undefined, needed: "when to give up" });
    if (inner.backoffLimit === undefined)
      found.push({ path: "spec.jobTemplate.spec.backoffLimit", value: undefined, needed: "how often to try" });
    return found;
  },
  examples: () => [
    { name: "bounded on all sides", given: job(), want: "met" },
    {
      name: "twice at once",
      given: job(["CronJob", "spec.concurrencyPolicy", undefined]),
      want: "not met",
      says: "free to run twice",
    },
    {
      name: "no end",
      given: job(["CronJob", "spec.jobTemplate.spec.activeDeadlineSeconds", undefined]),
      want: "not met",
      says: "when to give up",
    },
    { name: "no deadline", given: job(["CronJob", "spec.startingDeadlineSeconds", undefined]), want: "not met" },
    {
      name: "a date that never comes",
      given: job(["CronJob", "spec.schedule", "0 0 30 2 *"]),
      want: "not met",
      says: "spec.schedule is never",
    },
    { name: "not known yet", given: job(["CronJob", "spec.schedule", notKnown.string]), want: "unverifiable" },
  ],
});
