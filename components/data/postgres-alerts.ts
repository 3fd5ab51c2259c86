import type { StorePlan } from "../backup/plan";
import type { Alert } from "../pod";

/** What somebody has to know of a PostgreSQL cluster, from CloudNativePG's own series and the plugin's. */
export function postgresAlerts(name: string, namespace: string, plan: StorePlan): Alert[] {
  const of = (more = "") => `{namespace="${namespace}",cluster="${name}"${more}}`;
  const backup = `barman_cloud_cloudnative_pg_io_last_available_backup_timestamp${of()}`;
  return [
    {
      name: "PostgresDown",
      expr: `cnpg_collector_up${of()} == 0 or absent(cnpg_collector_up${of()})`,
      for: "2m",
      severity: "critical",
      summary: "An instance does not answer.",
    },
    {
      name: "PostgresTooFewStandbys",
      expr: `cnpg_collector_sync_replicas${of(',value="observed"')} < cnpg_collector_sync_replicas${of(',value="expected"')}`,
      for: "2m",
      severity: "critical",
      summary: "Too few standbys follow in step; commits may wait.",
    },
    {
      name: "PostgresReplicationLags",
      expr: `cnpg_pg_replication_lag${of()} > 30`,
      for: "5m",
      severity: "warning",
      summary: "A standby is more than half a minute behind.",
    },
    {
      name: "PostgresArchivingStopped",
      expr: `cnpg_pg_stat_archiver_seconds_since_last_archival${of()} > 600`,
      for: "5m",
      severity: "critical",
      summary: "No WAL has been archived for ten minutes; the RPO is at stake.",
    },
    // The plugin's own series: the operator's does not move with plugin backups.
    {
      name: "PostgresBackupTooOld",
      expr: `time() - max(${backup}) > 8 * 86400 or absent(${backup})`,
      for: "1h",
      severity: "critical",
      summary: "The newest full backup is more than eight days old.",
    },
    {
      name: "PostgresVolumeNearlyFull",
      expr: `kubelet_volume_stats_available_bytes{namespace="${namespace}",persistentvolumeclaim=~"${name}-.*"} / kubelet_volume_stats_capacity_bytes < 0.2`,
      for: "10m",
      severity: "critical",
      summary: `Less than a fifth of a volume is free; WAL kept for ${plan.retentionDays} days of backups may fill it.`,
    },
    {
      name: "PostgresTransactionIdsRunOut",
      expr: `cnpg_pg_database_xid_age${of()} > 300000000`,
      for: "1h",
      severity: "warning",
      summary: "Vacuum does not keep up; transaction ids run out in the end.",
    },
  ];
}
