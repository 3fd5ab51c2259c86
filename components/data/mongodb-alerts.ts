import type { StorePlan } from "../backup/plan";
import type { Alert } from "../pod";

/** What somebody has to know of a replica set, from the exporter's series; the backup agent's come through it too. */
export function mongodbAlerts(name: string, namespace: string, plan: StorePlan, members: number): Alert[] {
  const of = `{namespace="${namespace}",cluster="${name}"}`;
  return [
    {
      name: "MongodbDown",
      expr: `mongodb_up${of} == 0 or absent(mongodb_up${of})`,
      for: "2m",
      severity: "critical",
      summary: "A member does not answer.",
    },
    {
      name: "MongodbTooFewMembers",
      expr: `sum(mongodb_up${of}) < ${members}`,
      for: "5m",
      severity: "warning",
      summary: "The replica set is short of members; one more lost and it may not elect.",
    },
    {
      name: "MongodbReplicationLags",
      expr: `mongodb_mongod_replset_member_replication_lag${of} > 30`,
      for: "5m",
      severity: "warning",
      summary: "A member is more than half a minute behind.",
    },
    {
      name: "MongodbOplogShort",
      expr: `(mongodb_mongod_replset_oplog_head_timestamp${of} - mongodb_mongod_replset_oplog_tail_timestamp${of}) < 86400`,
      for: "30m",
      severity: "warning",
      summary: "The oplog reaches back less than a day: a member that was away longer must be copied anew.",
    },
    {
      name: "MongodbOplogNotShipped",
      expr: `mongodb_pbm_cluster_pitr_backup_enabled${of} == 0 or absent(mongodb_pbm_cluster_pitr_backup_enabled${of})`,
      for: `${plan.provable.rpoMinutes}m`,
      severity: "critical",
      summary: "The oplog is not being shipped; what is written now could not be restored.",
    },
    {
      // The operator's own process runs the schedule: a dead one fails no job, so the age is what is watched.
      name: "MongodbBackupTooOld",
      expr: `time() - max(mongodb_pbm_backup_last_transition_ts${of}) > ${36 * 3_600}`,
      for: "15m",
      severity: "critical",
      summary: "The newest backup is older than a day and a half.",
    },
    {
      name: "MongodbVolumeNearlyFull",
      expr: `kubelet_volume_stats_available_bytes{namespace="${namespace}",persistentvolumeclaim=~"mongod-data-${name}-.*"} / kubelet_volume_stats_capacity_bytes{namespace="${namespace}",persistentvolumeclaim=~"mongod-data-${name}-.*"} < 0.15`,
      for: "15m",
      severity: "critical",
      summary: "Less than 15 % of a data volume is free.",
    },
  ];
}
