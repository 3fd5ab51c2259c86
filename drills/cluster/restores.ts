import { durationMinutes } from "../../model/cadence";
import type { Settings } from "../drill";
import { needed } from "../drill";
import type { ClusterDrill } from "./drill";

/** A restore by the components' own jobs in a cluster: which of them run, in which order, and what their last one says. */
export interface ClusterRestore extends Pick<ClusterDrill, "id" | "title" | "store"> {
  /** CronJobs that are run before the restore, by what their names end in: the drill's nonce goes into the data by one of them. */
  before: string[];
  /** Milliseconds until what was written is sure to have left the store by itself. */
  settleMs: (settings: Settings) => number;
}

export const clusterRestores: readonly ClusterRestore[] = [
  {
    id: "restore postgres",
    title: "PostgreSQL comes back from its backup, in a server of its own in the cluster",
    store: "postgres",
    before: ["heartbeat"],
    // The log leaves by itself once it has been open for so long; half a minute for its way.
    settleMs: settings => {
      const { parameters } = needed(settings, "postgres").spec.cluster.spec.postgresql;
      return (durationMinutes(parameters.archive_timeout) ?? 5) * 60_000 + 30_000;
    },
  },
  {
    id: "restore mongodb",
    title: "MongoDB comes back from its backup and oplog, in a set of its own in the cluster",
    store: "mongodb",
    before: ["heartbeat"],
    // The oplog is shipped in spans of so many minutes; one more for its way.
    settleMs: settings => {
      const { pitr } = needed(settings, "mongodb").spec.cluster.spec.backup;
      return (pitr.oplogSpanMin + 1) * 60_000;
    },
  },
  {
    id: "restore redis",
    title: "Redis comes back from its dump, in a server of its own in the cluster",
    store: "redis",
    before: ["heartbeat", "backup"],
    settleMs: () => 0,
  },
  {
    id: "restore objects",
    title: "Objects are in the copy as they are in the store",
    store: "objectStore",
    before: ["mirror"],
    settleMs: () => 0,
  },
];
