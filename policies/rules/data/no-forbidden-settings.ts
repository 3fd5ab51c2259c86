import { notKnown } from "../../engine/example";
import { store } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Violation } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { storesOf } from "../../engine/stores";

export const noForbiddenSettings = defineRule<Store>({
  id: "GL-DATA-04",
  slug: "no-forbidden-settings",
  title: "No database is set up in a way that is known to lose data.",
  why: "Preferred durability with a failover quorum lost acknowledged writes in tests; unsafe flags switch the operator's own guards off.",
  fix: "Take the named setting out: required durability, the backup plugin, no superuser, no unsafe flags.",
  severity: "critical",
  requirements: ["S-128", "S-130"],
  items: ["A.3.1", "A.3.3"],
  mappings: ["NIST:CP-9", "NIST:CM-7"],
  scope: "resource",
  inspects: "store",
  subjects: storesOf("postgres", "mongodb"),
  check: ({ kind, object }) => {
    const { spec = {}, metadata = {} } = object;
    const found: Violation[] = [];
    if (kind === "postgres") {
      const sync = spec.postgresql?.synchronous;
      if (sync?.dataDurability === "preferred" && sync.failoverQuorum === true)
        found.push({
          path: "spec.postgresql.synchronous",
          found: "preferred durability with a failover quorum",
          needed: "required durability",
        });
      if (spec.backup?.barmanObjectStore !== undefined)
        found.push({
          path: "spec.backup.barmanObjectStore",
          found: "the backup that is built in and going",
          needed: "the Barman Cloud plugin",
        });
      if (spec.enableSuperuserAccess === true)
        found.push({ path: "spec.enableSuperuserAccess", value: true, needed: "false: nobody connects as superuser" });
      for (const setting of ["fsync", "full_page_writes", "synchronous_commit"])
        if (/^(off|false|0|no)$/i.test(spec.postgresql?.parameters?.[setting] ?? ""))
          found.push({ path: `spec.postgresql.parameters.${setting}`, found: "switched off", needed: "on" });
    } else {
      for (const [flag, value] of Object.entries(spec.unsafeFlags ?? {}))
        if (value) found.push({ path: `spec.unsafeFlags.${flag}`, value: true, needed: "no unsafe flag" });
      for (const [index, finalizer] of (metadata.finalizers ?? []).entries())
        if (finalizer === "percona.com/delete-psmdb-pvc")
          found.push({
            path: `metadata.finalizers[${index}]`,
            found: "one that deletes the volumes",
            needed: "volumes that outlive the cluster",
          });
    }
    return found;
  },
  examples: () => [
    { name: "a careful cluster", given: store("postgres"), want: "met" },
    { name: "a careful replica set", given: store("mongodb"), want: "met" },
    { name: "no database of an operator", given: store("volumes"), want: "not applicable" },
    {
      name: "preferred durability with a failover quorum",
      given: store("postgres", ["Cluster", "spec.postgresql.synchronous.dataDurability", "preferred"]),
      want: "not met",
      says: "preferred durability with a failover quorum",
    },
    {
      name: "the built-in backup",
      given: store("postgres", ["Cluster", "spec.backup.barmanObjectStore", {}]),
      want: "not met",
    },
    {
      name: "without fsync",
      given: store("postgres", ["Cluster", "spec.postgresql.parameters.fsync", "off"]),
      want: "not met",
      says: "switched off",
    },
    {
      name: "an unsafe size",
      given: store("mongodb", ["PerconaServerMongoDB", "spec.unsafeFlags", { replsetSize: true }]),
      want: "not met",
    },
    {
      name: "volumes that go with it",
      given: store("mongodb", ["PerconaServerMongoDB", "metadata.finalizers", ["percona.com/delete-psmdb-pvc"]]),
      want: "not met",
      says: "deletes the volumes",
    },
    {
      name: "not known yet",
      given: store("postgres", ["Cluster", "spec.postgresql.synchronous", notKnown.object]),
      want: "unverifiable",
    },
  ],
});
