import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { backupsOf, storesOf } from "../../engine/stores";

export const backupRetention = defineRule<Store, { days: number }>({
  id: "GL-BAK-04",
  slug: "backup-retention",
  title: "Backups are kept long enough to find a mistake in.",
  why: "What was damaged weeks ago is noticed today; a backup of yesterday holds the damage.",
  fix: "Set retentionPolicy of the ObjectStore, or the annotation greenlight.dev/retention-days of the job, to the days kept.",
  severity: "high",
  requirements: ["S-130", "S-131"],
  items: ["A.3.3"],
  mappings: ["NIST:CP-9", "ISO:8.13"],
  scope: "stack",
  inspects: "store",
  subjects: storesOf("postgres", "volumes"),
  params: { local: { days: 7 }, staging: { days: 7 }, production: { days: 30 } },
  check: (value, { graph, params }) => {
    const kept = backupsOf(value, graph).map(one => one.retentionDays);
    if (kept.length === 0)
      return [{ path: "", found: "without a backup to keep", needed: `backups of ${params.days} days` }];
    return kept.flatMap(days =>
      days !== undefined && days >= params.days
        ? []
        : [
            {
              path: "",
              found: days === undefined ? "backed up for nobody knows how long" : `kept for ${days} days`,
              needed: `${params.days} days`,
            },
          ],
    );
  },
  examples: () => [
    { name: "thirty days", given: store("postgres"), want: "met" },
    { name: "thirty days, by the job", given: store("volumes"), want: "met" },
    {
      name: "a week",
      given: store("postgres", ["ObjectStore", "spec.retentionPolicy", "7d"]),
      want: "not met",
      says: "kept for 7 days",
    },
    {
      name: "not said",
      given: store("postgres", ["ObjectStore", "spec.retentionPolicy", undefined]),
      want: "not met",
      says: "nobody knows",
    },
    {
      name: "not said of a job",
      given: store("volumes", [
        "CronJob/cache-backup",
        "metadata.annotations",
        { "greenlight.dev/backup-of": "shop/cache" },
      ]),
      want: "not met",
    },
    {
      name: "not known yet",
      given: store("postgres", ["ObjectStore", "spec.retentionPolicy", notKnown.string]),
      want: "unverifiable",
    },
  ],
});
