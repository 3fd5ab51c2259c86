import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { storesOf } from "../../engine/stores";

export const dataChecksums = defineRule<Store>({
  id: "GL-DATA-07",
  slug: "data-checksums",
  title: "A database notices when its disk lies.",
  why: "Without checksums a damaged page is read as data, replicated, and backed up until no good copy is left.",
  fix: "Set spec.bootstrap.initdb.dataChecksums: true; it can be chosen only when the database is made.",
  severity: "medium",
  requirements: ["S-128", "S-130"],
  items: ["A.3.3"],
  mappings: ["NIST:SI-7"],
  scope: "resource",
  inspects: "store",
  subjects: storesOf("postgres"),
  check: ({ object }) => {
    const { bootstrap } = object.spec ?? {};
    if (bootstrap !== undefined && bootstrap.initdb === undefined)
      return { notApplicable: "it is made from a copy, and checks what that one checked" };
    return bootstrap?.initdb?.dataChecksums === true
      ? []
      : [{ path: "spec.bootstrap.initdb.dataChecksums", value: bootstrap?.initdb?.dataChecksums, needed: "true" }];
  },
  examples: () => [
    { name: "with checksums", given: store("postgres"), want: "met" },
    {
      name: "without",
      given: store("postgres", ["Cluster", "spec.bootstrap.initdb.dataChecksums", undefined]),
      want: "not met",
      says: "is missing",
    },
    {
      name: "out of a backup",
      given: store("postgres", ["Cluster", "spec.bootstrap", { recovery: { source: "db" } }]),
      want: "not applicable",
    },
    {
      name: "not known yet",
      given: store("postgres", ["Cluster", "spec.bootstrap", notKnown.object]),
      want: "unverifiable",
    },
  ],
});
