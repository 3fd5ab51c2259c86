import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { storesOf } from "../../engine/stores";

export const synchronousReplication = defineRule<Store>({
  id: "GL-DATA-05",
  slug: "synchronous-replication",
  title: "A commit is on a second server before it is acknowledged.",
  why: "Without it, the loss of the primary loses what it had promised and not yet sent.",
  fix: "Set spec.postgresql.synchronous with method any, a number of at least one and fewer than the instances, and dataDurability: required.",
  severity: "high",
  requirements: ["S-128", "S-132"],
  items: ["A.3.1", "A.3.3"],
  mappings: ["NIST:CP-10"],
  scope: "resource",
  inspects: "store",
  subjects: storesOf("postgres"),
  check: ({ object }) => {
    const { postgresql, instances = 1 } = object.spec ?? {};
    const number = postgresql?.synchronous?.number ?? 0;
    const path = "spec.postgresql.synchronous";
    if (number < 1) return [{ path, found: "waiting for no standby", needed: "a number of at least one" }];
    if (number >= instances)
      return [
        {
          path: `${path}.number`,
          value: number,
          needed: `fewer than the ${instances} instances: else nothing commits`,
        },
      ];
    return postgresql?.synchronous?.dataDurability === "preferred"
      ? [
          {
            path: `${path}.dataDurability`,
            found: "preferred, which waits for nobody once standbys are gone",
            needed: "required",
          },
        ]
      : [];
  },
  examples: () => [
    { name: "one of two standbys", given: store("postgres"), want: "met" },
    {
      name: "none",
      given: store("postgres", ["Cluster", "spec.postgresql.synchronous", undefined]),
      want: "not met",
      says: "waiting for no standby",
    },
    {
      name: "all of them",
      given: store("postgres", ["Cluster", "spec.postgresql.synchronous.number", 3]),
      want: "not met",
      says: "fewer than the 3 instances",
    },
    {
      name: "preferred",
      given: store("postgres", ["Cluster", "spec.postgresql.synchronous", { number: 1, dataDurability: "preferred" }]),
      want: "not met",
    },
    { name: "no such database", given: store("volumes"), want: "not applicable" },
    {
      name: "not known yet",
      given: store("postgres", ["Cluster", "spec.postgresql.synchronous.number", notKnown.number]),
      want: "unverifiable",
    },
  ],
});
