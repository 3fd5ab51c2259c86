import { worstGapMinutes } from "../../../model/cadence";
import { notKnown } from "../../engine/example";
import { store, storeWithout } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { jobsFor, stores } from "../../engine/stores";

export const restoreDrillScheduled = defineRule<Store, { days: number }>({
  id: "GL-BAK-06",
  slug: "restore-drill-scheduled",
  title: "Every store's backup is restored by schedule, to see whether it can be.",
  why: "A backup that was never restored is a hope; it fails on the day it is needed.",
  fix: "Add a CronJob annotated greenlight.dev/restores: namespace/name that restores the newest backup and checks it.",
  severity: "high",
  requirements: ["S-133", "S-170"],
  items: ["A.3.3", "F.6"],
  mappings: ["NIST:CP-4", "NIST:CP-9", "ISO:8.13"],
  scope: "stack",
  inspects: "store",
  subjects: stores,
  params: { local: { days: 31 }, staging: { days: 31 }, production: { days: 8 } },
  check: (value, { graph, params }) => {
    const gaps = jobsFor(value, "restores", graph).map(job => worstGapMinutes(job.spec?.schedule ?? "") ?? Infinity);
    if (gaps.length === 0) return [{ path: "", found: "restored by no drill", needed: "a scheduled restore drill" }];
    const days = Math.min(...gaps) / 1_440;
    return days <= params.days
      ? []
      : [{ path: "", found: `restored every ${Math.ceil(days)} days at best`, needed: `every ${params.days}` }];
  },
  examples: () => [
    { name: "every week", given: store("postgres"), want: "met" },
    { name: "every week, of volumes", given: store("volumes"), want: "met" },
    { name: "a replica set nobody restores", given: store("mongodb"), want: "not met", says: "restored by no drill" },
    { name: "never", given: storeWithout("postgres", "CronJob"), want: "not met", says: "restored by no drill" },
    {
      name: "every month",
      given: store("postgres", ["CronJob", "spec.schedule", "0 5 1 * *"]),
      want: "not met",
      says: "every 31 days",
    },
    { name: "suspended", given: store("postgres", ["CronJob", "spec.suspend", true]), want: "not met" },
    {
      name: "not known yet",
      given: store("postgres", ["CronJob", "metadata.annotations", notKnown.object]),
      want: "unverifiable",
    },
  ],
});
