import { notKnown } from "../../engine/example";
import { store, storeWithout } from "../../engine/example-stores";
import { defineRule } from "../../engine/rule";
import type { Store } from "../../engine/stores";
import { backupsOf, stores } from "../../engine/stores";

/** Addresses that lie inside the cluster, or on one machine of it. */
const isInside = (endpoint: string): boolean =>
  /^https?:\/\/([^/:]+\.svc(\.[^/:]*)?|[^/:.]+|localhost|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+)([:/]|$)/i.test(
    endpoint,
  );

export const backupOffSite = defineRule<Store>({
  id: "GL-BAK-05",
  slug: "backup-off-site",
  title: "Backups lie outside the cluster they protect.",
  why: "A copy in the same cluster goes with it, and with whoever took it over.",
  fix: "Send backups to a bucket of a cloud or another site, not to a store in this cluster.",
  severity: "critical",
  requirements: ["S-130", "S-131"],
  items: ["A.3.3", "F.6"],
  mappings: ["NIST:CP-6", "NIST:CP-9", "ISO:8.13"],
  scope: "stack",
  inspects: "store",
  subjects: stores,
  check: (value, { graph }) => {
    const backups = backupsOf(value, graph);
    if (backups.length === 0) return [{ path: "", found: "copied nowhere", needed: "a backup outside the cluster" }];
    return backups.some(one => one.endpoint !== undefined && isInside(one.endpoint))
      ? [{ path: "", found: "backed up to a place inside the cluster", needed: "a place outside it" }]
      : [];
  },
  examples: () => [
    { name: "a cloud's bucket", given: store("postgres"), want: "met" },
    {
      name: "another site",
      given: store("postgres", ["ObjectStore", "spec.configuration.endpointURL", "https://s3.example.com"]),
      want: "met",
    },
    {
      name: "the cluster's own store",
      given: store("postgres", ["ObjectStore", "spec.configuration.endpointURL", "https://objects.data.svc:9000"]),
      want: "not met",
      says: "inside the cluster",
    },
    {
      name: "a service by its short name",
      given: store("postgres", ["ObjectStore", "spec.configuration.endpointURL", "http://minio:9000"]),
      want: "not met",
    },
    {
      name: "nowhere",
      given: storeWithout("volumes", "CronJob/cache-backup"),
      want: "not met",
      says: "copied nowhere",
    },
    {
      name: "not known yet",
      given: store("postgres", ["ObjectStore", "spec.configuration.endpointURL", notKnown.string]),
      want: "unverifiable",
    },
  ],
});
