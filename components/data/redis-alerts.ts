import type { StorePlan } from "../backup/plan";
import type { Alert } from "../pod";

/** What somebody has to know of a Redis store, from the exporter's and kube-state-metrics' own series. */
export function redisAlerts(name: string, namespace: string, plan: StorePlan): Alert[] {
  const of = `{namespace="${namespace}",service="${name}-peers"}`;
  const job = `{namespace="${namespace}",cronjob="${name}-backup"}`;
  return [
    {
      name: "RedisDown",
      expr: `redis_up${of} == 0 or absent(redis_up${of})`,
      for: "2m",
      severity: "critical",
      summary: "A server does not answer.",
    },
    {
      name: "RedisNoSinglePrimary",
      expr: `count(redis_instance_info{namespace="${namespace}",service="${name}-peers",role="master"}) != 1`,
      for: "1m",
      severity: "critical",
      summary: "There is no primary, or more than one.",
    },
    {
      name: "RedisReplicaCutOff",
      expr: `redis_master_link_up${of} == 0`,
      for: "2m",
      severity: "warning",
      summary: "A replica has lost its primary.",
    },
    {
      name: "RedisPersistenceFails",
      expr: `redis_aof_last_write_status${of} == 0 or redis_rdb_last_bgsave_status${of} == 0`,
      for: "5m",
      severity: "critical",
      summary: "Data is no longer written to the volume.",
    },
    {
      name: "RedisMemoryNearlyFull",
      expr: `redis_memory_used_bytes${of} / redis_memory_max_bytes${of} > 0.85`,
      for: "10m",
      severity: "warning",
      summary: "Memory is nearly used up; writes will be refused.",
    },
    {
      name: "RedisBackupTooOld",
      expr: `time() - max(kube_cronjob_status_last_successful_time${job}) > ${plan.provable.rpoMinutes * 60}`,
      for: "5m",
      severity: "critical",
      summary: "The newest backup is older than the RPO allows.",
    },
  ];
}
