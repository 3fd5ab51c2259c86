import type { DashboardArgs, Row } from "./dashboards";

/** What every store shows, by kind. */
export const storeRows = ({ postgres, mongodb, redis, objectStore }: DashboardArgs["stores"]): Row[] => [
  ...(postgres
    ? ([
        [
          `PostgreSQL ${postgres}`,
          [
            {
              title: "Standbys in step",
              queries: {
                observed: `cnpg_collector_sync_replicas{cluster="${postgres}",value="observed"}`,
                expected: `cnpg_collector_sync_replicas{cluster="${postgres}",value="expected"}`,
              },
            },
            {
              title: "Replication lag",
              queries: { "{{pod}}": `cnpg_pg_replication_lag{cluster="${postgres}"}` },
              unit: "s",
            },
            {
              title: "Since the last WAL was shipped",
              queries: { seconds: `max(cnpg_pg_stat_archiver_seconds_since_last_archival{cluster="${postgres}"})` },
              unit: "s",
            },
            {
              title: "Connections",
              queries: { "{{state}}": `sum(cnpg_backends_total{cluster="${postgres}"}) by (state)` },
            },
          ],
        ],
      ] as Row[])
    : []),
  ...(mongodb
    ? ([
        [
          `MongoDB ${mongodb}`,
          [
            { title: "Members up", queries: { members: `sum(mongodb_up{cluster="${mongodb}"})` } },
            {
              title: "Replication lag",
              queries: { "{{pod}}": `mongodb_mongod_replset_member_replication_lag{cluster="${mongodb}"}` },
              unit: "s",
            },
          ],
        ],
      ] as Row[])
    : []),
  ...(redis
    ? ([
        [
          `Redis ${redis}`,
          [
            {
              title: "Memory",
              queries: {
                "{{pod}}": `redis_memory_used_bytes{service="${redis}-peers"} / redis_memory_max_bytes{service="${redis}-peers"}`,
              },
              unit: "percentunit",
            },
            {
              title: "Primaries",
              queries: { primaries: `count(redis_instance_info{service="${redis}-peers",role="master"})` },
            },
          ],
        ],
      ] as Row[])
    : []),
  ...(objectStore
    ? ([
        [
          `Object store ${objectStore}`,
          [
            {
              title: "Drives offline",
              queries: { drives: `max(minio_cluster_drive_offline_total{service="${objectStore}-peers"})` },
            },
            {
              title: "Free",
              queries: {
                share: `min(minio_cluster_capacity_usable_free_bytes{service="${objectStore}-peers"} / minio_cluster_capacity_usable_total_bytes{service="${objectStore}-peers"})`,
              },
              unit: "percentunit",
            },
          ],
        ],
      ] as Row[])
    : []),
  [
    "Volumes and drills",
    [
      {
        title: "Free on volumes",
        queries: {
          "{{persistentvolumeclaim}}":
            "min(kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes) by (persistentvolumeclaim)",
        },
        unit: "percentunit",
      },
      {
        title: "Since a restore last succeeded",
        queries: {
          "{{cronjob}}": 'time() - kube_cronjob_status_last_successful_time{cronjob=~".*-restore-drill"}',
        },
        unit: "s",
      },
    ],
  ],
];

/** What every dependency outside shows. */
export const dependencyRows = (names: string[]): Row[] =>
  names.map((name): Row => [
    name,
    [
      {
        title: "Up, thirty days",
        queries: { share: `avg_over_time(probe_success{dependency="${name}"}[30d])` },
        unit: "percentunit",
        figure: true,
      },
      { title: "Answers", queries: { up: `probe_success{dependency="${name}"}` } },
      { title: "Time to answer", queries: { seconds: `probe_duration_seconds{dependency="${name}"}` }, unit: "s" },
    ],
  ]);
