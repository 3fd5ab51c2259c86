import { durationMinutes } from "../../../model/cadence";
import { provableRpoMinutes } from "../../../model/recovery";
import { notKnown } from "../../engine/example";
import { store, storeWithout } from "../../engine/example-stores";
import type { Graph } from "../../engine/graph";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { backupsOf, logTimeout, storeName, stores } from "../../engine/stores";

/** How long one backup may take that is made now and then, in minutes; what is written meanwhile is in the next. */
const backupMinutes = 10;

/** The most that can be lost of a store, in minutes of writing, by its schedules and its log. */
function provableMinutes(value: Store, graph: Graph): number | undefined {
  const timeout = logTimeout(value, graph);
  const logMinutes = timeout === undefined ? undefined : durationMinutes(timeout);
  return provableRpoMinutes({
    schedules: backupsOf(value, graph).map(one => one.schedule),
    backupMinutes,
    ...(logMinutes === undefined ? {} : { logMinutes }),
  });
}

export const rpoAttainable = defineRule<Store, { minutes: number }>({
  id: "GL-BAK-02",
  slug: "rpo-attainable",
  title: "The schedules can keep the recovery point that is promised.",
  why: "A daily backup cannot promise an hour, however well it runs.",
  fix: "Ship the log all the time (WAL, oplog), or back up often enough that gap and duration together stay below the objective.",
  severity: "critical",
  requirements: ["S-130", "S-132"],
  items: ["A.3.3", "F.6"],
  mappings: ["NIST:CP-9", "ISO:8.13", "SOC2:A1.2"],
  scope: "stack",
  inspects: "store",
  subjects: stores,
  params: { local: { minutes: 60 }, staging: { minutes: 60 }, production: { minutes: 60 } },
  observe: (value, { graph, params }) => {
    const provable = provableMinutes(value, graph);
    return provable === undefined ? [] : [{ what: "RPO", of: storeName(value), provable, declared: params.minutes }];
  },
  check: (value, { graph, params }) => {
    const provable = provableMinutes(value, graph);
    if (provable === undefined)
      return [
        {
          path: "",
          found: "without a backup anything could be proved from",
          needed: `at most ${params.minutes} min of loss`,
        },
      ];
    return provable <= params.minutes
      ? []
      : [
          {
            path: "",
            found: `able to lose ${Math.ceil(provable)} min`,
            needed: `at most ${params.minutes} min of loss`,
          },
        ];
  },
  examples: () => [
    { name: "WAL every five minutes", given: store("postgres"), want: "met" },
    { name: "an oplog every five minutes", given: store("mongodb"), want: "met" },
    { name: "every half hour", given: store("volumes"), want: "met" },
    {
      name: "daily only",
      given: storeWithout("postgres", "ObjectStore"),
      want: "not met",
      says: "able to lose 1450 min",
    },
    {
      name: "every hour, and it takes a while",
      given: store("volumes", ["CronJob/cache-backup", "spec.schedule", "0 * * * *"]),
      want: "not met",
      says: "able to lose 70 min",
    },
    {
      name: "only by day",
      given: store("volumes", ["CronJob/cache-backup", "spec.schedule", "*/15 8-18 * * *"]),
      want: "not met",
    },
    {
      name: "a log that waits two hours",
      given: store("postgres", ["Cluster", "spec.postgresql.parameters.archive_timeout", "2h"]),
      want: "not met",
      says: "able to lose 120 min",
    },
    { name: "nothing", given: storeWithout("volumes", "CronJob/cache-backup"), want: "not met" },
    {
      name: "not known yet",
      given: store("volumes", ["CronJob/cache-backup", "spec.schedule", notKnown.string]),
      want: "unverifiable",
    },
  ],
});
