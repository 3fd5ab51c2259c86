import type { Edit } from "./example";
import { applyEdits } from "./example";
import type { ExampleResource } from "./rule";

/** Sound stores, the base of the examples about data: a PostgreSQL cluster, and a StatefulSet with volumes. */

const named = (name: string, more: object = {}) => ({ name, namespace: "shop", ...more });
const digest = `@sha256:${"b".repeat(64)}`;

const job = (name: string, schedule: string, annotations: object): ExampleResource => ({
  type: "kubernetes:batch/v1:CronJob",
  name,
  props: {
    metadata: named(name, { annotations }),
    spec: {
      schedule,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 600,
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 900,
          template: { spec: { containers: [{ name: "run", image: `shop/tools:1${digest}`, env: [] }] } },
        },
      },
    },
  },
});

const alerts = (store: string): ExampleResource => ({
  type: "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
  name: `${store}-alerts`,
  props: {
    metadata: named(store),
    spec: {
      groups: [
        {
          name: store,
          rules: [
            {
              alert: "StoreDown",
              expr: "up == 0",
              for: "2m",
              labels: { severity: "critical", service: store },
              annotations: { summary: "The store is down.", runbook: "docs/runbooks/store.md" },
            },
          ],
        },
      ],
    },
  },
});

const postgres = (): ExampleResource[] => [
  {
    type: "kubernetes:postgresql.cnpg.io/v1:Cluster",
    name: "db",
    props: {
      metadata: named("db"),
      spec: {
        instances: 3,
        imageName: `postgres:18${digest}`,
        postgresql: {
          synchronous: { method: "any", number: 1, dataDurability: "required", failoverQuorum: true },
          parameters: { archive_timeout: "5min" },
          pg_hba: ["hostnossl all all all reject"],
        },
        bootstrap: { initdb: { database: "app", dataChecksums: true } },
        storage: { size: "20Gi" },
        walStorage: { size: "10Gi" },
        affinity: { enablePodAntiAffinity: true, podAntiAffinityType: "required" },
        enableSuperuserAccess: false,
        plugins: [
          { name: "barman-cloud.cloudnative-pg.io", isWALArchiver: true, parameters: { barmanObjectName: "archive" } },
        ],
      },
    },
  },
  {
    type: "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
    name: "archive",
    props: {
      metadata: named("archive"),
      spec: { retentionPolicy: "30d", configuration: { destinationPath: "s3://backups/db" } },
    },
  },
  {
    type: "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
    name: "daily",
    props: { metadata: named("daily"), spec: { schedule: "0 0 2 * * *", cluster: { name: "db" }, method: "plugin" } },
  },
  job("db-drill", "0 5 * * 1", { "greenlight.dev/restores": "shop/db" }),
  alerts("db"),
];

const labels = { app: "cache" };

const volumes = (): ExampleResource[] => [
  {
    type: "kubernetes:apps/v1:StatefulSet",
    name: "cache",
    props: {
      metadata: named("cache", { labels }),
      spec: {
        replicas: 3,
        serviceName: "cache",
        selector: { matchLabels: labels },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        template: {
          metadata: { labels },
          spec: {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } },
                ],
              },
            },
            containers: [{ name: "cache", image: `valkey/valkey:9${digest}` }],
            volumes: [{ name: "tls", secret: { secretName: "cache-tls" } }],
          },
        },
        volumeClaimTemplates: [{ metadata: { name: "data" } }],
      },
    },
  },
  {
    type: "kubernetes:cert-manager.io/v1:Certificate",
    name: "cache",
    props: {
      metadata: named("cache"),
      spec: {
        secretName: "cache-tls",
        dnsNames: ["cache"],
        duration: "2160h",
        renewBeforePercentage: 33,
        privateKey: { rotationPolicy: "Always" },
        issuerRef: { kind: "ClusterIssuer", name: "internal" },
      },
    },
  },
  job("cache-backup", "*/30 * * * *", {
    "greenlight.dev/backup-of": "shop/cache",
    "greenlight.dev/retention-days": "30",
  }),
  job("cache-drill", "0 6 * * 1", { "greenlight.dev/restores": "shop/cache" }),
  alerts("cache"),
];

const mongodb = (): ExampleResource[] => [
  {
    type: "kubernetes:psmdb.percona.com/v1:PerconaServerMongoDB",
    name: "docs",
    props: {
      metadata: named("docs", { finalizers: ["percona.com/delete-psmdb-pods-in-order"] }),
      spec: {
        tls: { mode: "requireTLS" },
        replsets: [{ name: "rs0", size: 3, affinity: { antiAffinityTopologyKey: "kubernetes.io/hostname" } }],
        backup: {
          enabled: true,
          pitr: { enabled: true, oplogSpanMin: 5 },
          tasks: [{ name: "weekly", enabled: true, schedule: "0 3 * * 0" }],
          storages: { s3: { type: "s3", s3: { bucket: "backups" } } },
        },
      },
    },
  },
];

const makers = { postgres, volumes, mongodb };

/** A sound store with values changed, as `system` takes them; `Kind/name` picks one of several. */
export const store = (kind: keyof typeof makers, ...edits: Edit[]): ExampleResource[] =>
  applyEdits(makers[kind](), edits);

/** A sound store without some of its resources, named as `Kind` or `Kind/name`. */
export const storeWithout = (kind: keyof typeof makers, ...left: string[]): ExampleResource[] =>
  makers[kind]().filter(
    one => !left.some(what => `${one.type.split(":").pop()}/${one.name}` === what || one.type.endsWith(`:${what}`)),
  );
