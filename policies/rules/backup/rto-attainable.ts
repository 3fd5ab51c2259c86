import { parseQuantity } from "../../../model/quantity";
import { provableRtoMinutes } from "../../../model/recovery";
import { noneOfIt, notKnown } from "../../engine/example";
import { applyEdits } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { sizeOf, storeName, storesOf } from "../../engine/stores";

/** MiB a second that come back from an object store, and minutes for noticing, deciding, starting and checking. */
const restoreRate = 100;
const fixedMinutes = 45;

/** Minutes a store of a size takes to come back; a day of the log is replayed at ten times the speed it was written at. */
const restoreMinutes = (size: string): number | undefined =>
  parseQuantity(size) === undefined
    ? undefined
    : provableRtoMinutes({ size, restoreRate, fixedMinutes, replay: { minutes: 1_440, speedUp: 10 } });

export const rtoAttainable = defineRule<Store, { minutes: number }>({
  id: "GL-BAK-08",
  slug: "rto-attainable",
  title: "A store of its size can be brought back within the promised time.",
  why: "A terabyte does not come back in an hour, however good the backup is; the design must know before the disaster does.",
  fix: "Split the store, restore from volume snapshots, or promise a longer time.",
  severity: "high",
  requirements: ["S-130", "S-133"],
  items: ["A.3.3", "F.6"],
  mappings: ["NIST:CP-10", "ISO:5.30", "SOC2:A1.2"],
  scope: "stack",
  inspects: "store",
  subjects: storesOf("postgres", "mongodb", "volumes"),
  params: { local: { minutes: 240 }, staging: { minutes: 240 }, production: { minutes: 240 } },
  observe: (value, { params }) => {
    const size = sizeOf(value);
    const provable = size === undefined ? undefined : restoreMinutes(size);
    return provable === undefined ? [] : [{ what: "RTO", of: storeName(value), provable, declared: params.minutes }];
  },
  check: (value, { params }) => {
    const size = sizeOf(value);
    const minutes = size === undefined ? undefined : restoreMinutes(size);
    if (minutes === undefined)
      return [{ path: "", found: "of a size that is not said", needed: "one that can be restored in time" }];
    return minutes <= params.minutes
      ? []
      : [
          {
            path: "",
            found: `of ${size}, which takes ${Math.ceil(minutes)} min to bring back`,
            needed: `at most ${params.minutes} min`,
          },
        ];
  },
  examples: () => [
    {
      name: "ten gibibytes",
      given: applyEdits(store("postgres"), [["Cluster", "spec.storage", { size: "10Gi" }]]),
      want: "met",
    },
    {
      name: "a tebibyte",
      given: applyEdits(store("postgres"), [["Cluster", "spec.storage", { size: "1Ti" }]]),
      want: "not met",
      says: "of 1Ti, which takes 364 min to bring back; need at most 240 min",
    },
    {
      name: "not known yet",
      given: applyEdits(store("postgres"), [["Cluster", "spec.storage", { size: notKnown.string }]]),
      want: "unverifiable",
    },
    noneOfIt,
  ],
});
