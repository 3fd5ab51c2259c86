import type { StorePlan } from "../backup/plan";
import type { Alert } from "../pod";

/** What somebody has to know of an object store, from the server's own series and kube-state-metrics'. */
export function objectStoreAlerts(name: string, namespace: string, plan: StorePlan): Alert[] {
  const of = `{namespace="${namespace}",service="${name}-peers"}`;
  const job = `{namespace="${namespace}",cronjob="${name}-mirror"}`;
  return [
    {
      name: "ObjectStoreUnhealthy",
      expr: `minio_cluster_health_status${of} == 0 or absent(minio_cluster_health_status${of})`,
      for: "2m",
      severity: "critical",
      summary: "The store cannot write: too few drives are there.",
    },
    {
      name: "ObjectStoreServerOffline",
      expr: `minio_cluster_nodes_offline_total${of} > 0`,
      for: "5m",
      severity: "warning",
      summary: "A server is away.",
    },
    {
      name: "ObjectStoreDriveOffline",
      expr: `minio_cluster_drive_offline_total${of} > 0`,
      for: "5m",
      severity: "warning",
      summary: "A drive is away.",
    },
    {
      name: "ObjectStoreNearlyFull",
      expr: `minio_cluster_capacity_usable_free_bytes${of} / minio_cluster_capacity_usable_total_bytes${of} < 0.2`,
      for: "30m",
      severity: "warning",
      summary: "Less than a fifth of the room is free.",
    },
    {
      name: "ObjectStoreMirrorTooOld",
      expr: `time() - max(kube_cronjob_status_last_successful_time${job}) > ${plan.provable.rpoMinutes * 60}`,
      for: "5m",
      severity: "critical",
      summary: "The copy outside is older than the RPO allows.",
    },
  ];
}
