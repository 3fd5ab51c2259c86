import { worstGapMinutes } from "../../../model/cadence";
import { notKnown } from "../../engine/example";
import { store, storeWithout } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { backupsOf, stores } from "../../engine/stores";

export const backupScheduled = defineRule<Store>({
  id: "GL-BAK-01",
  slug: "backup-scheduled",
  title: "Every store is backed up by a schedule that can be read.",
  why: "Replicas copy mistakes as fast as data; only a backup goes back to before one.",
  fix: "Add a ScheduledBackup, a backup task, or a CronJob annotated greenlight.dev/backup-of: namespace/name.",
  severity: "critical",
  requirements: ["S-130"],
  items: ["A.3.3", "F.6"],
  mappings: ["NIST:CP-9", "ISO:8.13", "SOC2:A1.2"],
  scope: "stack",
  inspects: "store",
  subjects: stores,
  check: (value, { graph }) => {
    const backups = backupsOf(value, graph);
    if (backups.length === 0) return [{ path: "", found: "backed up by nothing", needed: "a scheduled backup" }];
    return backups
      .filter(one => worstGapMinutes(one.schedule) === undefined)
      .map(() => ({ path: "", found: "backed up by a schedule that never comes round", needed: "a cron schedule" }));
  },
  examples: () => [
    { name: "a database's own", given: store("postgres"), want: "met" },
    { name: "an operator's tasks", given: store("mongodb"), want: "met" },
    { name: "a job's", given: store("volumes"), want: "met" },
    { name: "none", given: storeWithout("postgres", "ScheduledBackup"), want: "not met", says: "backed up by nothing" },
    {
      name: "of another store",
      given: store("volumes", ["CronJob/cache-backup", "metadata.annotations", {}]),
      want: "not met",
    },
    { name: "suspended", given: store("volumes", ["CronJob/cache-backup", "spec.suspend", true]), want: "not met" },
    {
      name: "a schedule of nonsense",
      given: store("postgres", ["ScheduledBackup", "spec.schedule", "0 0 31 2 *"]),
      want: "not met",
      says: "never comes round",
    },
    {
      name: "not known yet",
      given: store("postgres", ["ScheduledBackup", "spec.cluster.name", notKnown.string]),
      want: "unverifiable",
    },
  ],
});
