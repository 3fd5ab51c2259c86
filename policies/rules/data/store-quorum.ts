import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { stores } from "../../engine/stores";

export const storeQuorum = defineRule<Store, { least: number }>({
  id: "GL-DATA-02",
  slug: "store-quorum",
  title: "Every store has enough members to outvote one that is gone.",
  why: "With two, the loss of one stops writes or lets each side believe it leads.",
  fix: "Give the store three members, or five; replica sets of MongoDB an odd number.",
  severity: "critical",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CP-10", "SOC2:A1.2"],
  scope: "resource",
  inspects: "store",
  subjects: stores,
  params: { local: { least: 3 }, staging: { least: 3 }, production: { least: 3 } },
  check: ({ kind, object }, { params: { least } }) => {
    const { spec = {} } = object;
    if (kind === "mongodb") {
      const sets = spec.replsets ?? [];
      if (sets.length === 0) return [{ path: "spec.replsets", value: sets, needed: "at least one replica set" }];
      return sets.flatMap(({ size = 3 }, index) =>
        size >= least && size % 2 === 1
          ? []
          : [{ path: `spec.replsets[${index}].size`, value: size, needed: `an odd number of at least ${least}` }],
      );
    }
    const path = kind === "postgres" ? "spec.instances" : "spec.replicas";
    const count = (kind === "postgres" ? spec.instances : spec.replicas) ?? 1;
    return count >= least ? [] : [{ path, value: count, needed: `at least ${least}` }];
  },
  examples: () => [
    { name: "three instances", given: store("postgres"), want: "met" },
    { name: "three pods", given: store("volumes"), want: "met" },
    { name: "a replica set of three", given: store("mongodb"), want: "met" },
    {
      name: "two instances",
      given: store("postgres", ["Cluster", "spec.instances", 2]),
      want: "not met",
      says: "spec.instances is 2",
    },
    { name: "one pod, unsaid", given: store("volumes", ["StatefulSet", "spec.replicas", undefined]), want: "not met" },
    {
      name: "a replica set of four",
      given: store("mongodb", ["PerconaServerMongoDB", "spec.replsets", [{ size: 4 }]]),
      want: "not met",
      says: "an odd number",
    },
    {
      name: "not known yet",
      given: store("postgres", ["Cluster", "spec.instances", notKnown.number]),
      want: "unverifiable",
    },
  ],
});
