import { worstGapMinutes } from "../../../model/cadence";
import { notKnown } from "../../engine/example";
import { store, storeWithout } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { backupsOf, logTimeout, storesOf } from "../../engine/stores";

export const logShipped = defineRule<Store, { minutes: number }>({
  id: "GL-BAK-03",
  slug: "log-shipped",
  title: "Databases whose backups are further apart than the objective ship their log.",
  why: "Between two backups the log is all there is; without it one can go back to a backup, but not to a moment.",
  fix: "Let the Barman Cloud plugin archive the WAL to an ObjectStore of this stack, or switch point-in-time recovery on.",
  severity: "critical",
  requirements: ["S-130", "S-132"],
  items: ["A.3.3", "F.6"],
  mappings: ["NIST:CP-9"],
  scope: "stack",
  inspects: "store",
  subjects: storesOf("postgres", "mongodb"),
  params: { local: { minutes: 60 }, staging: { minutes: 60 }, production: { minutes: 60 } },
  check: (value, { graph, params }) => {
    if (logTimeout(value, graph) !== undefined) return [];
    const gaps = backupsOf(value, graph).map(one => worstGapMinutes(one.schedule) ?? Infinity);
    if (gaps.length > 0 && Math.min(...gaps) < params.minutes)
      return { notApplicable: "its backups come more often than the objective asks" };
    return [
      { path: "", found: "without a log that is shipped", needed: "WAL or oplog in an object store of this stack" },
    ];
  },
  examples: () => [
    { name: "WAL", given: store("postgres"), want: "met" },
    { name: "oplog", given: store("mongodb"), want: "met" },
    {
      name: "an archive that is not there",
      given: storeWithout("postgres", "ObjectStore"),
      want: "not met",
      says: "without a log",
    },
    {
      name: "a plugin that archives nothing",
      given: store("postgres", ["Cluster", "spec.plugins", []]),
      want: "not met",
    },
    {
      name: "no point in time",
      given: store("mongodb", ["PerconaServerMongoDB", "spec.backup.pitr.enabled", false]),
      want: "not met",
    },
    {
      name: "often enough without",
      given: store(
        "mongodb",
        ["PerconaServerMongoDB", "spec.backup.pitr.enabled", false],
        ["PerconaServerMongoDB", "spec.backup.tasks", [{ schedule: "*/20 * * * *" }]],
      ),
      want: "not applicable",
    },
    {
      name: "not known yet",
      given: store("postgres", ["Cluster", "spec.plugins", notKnown.array]),
      want: "unverifiable",
    },
  ],
});
