import { parseQuantity } from "../../model/quantity";
import type { BackupPlan } from "../backup/plan";
import { backupAnnotations } from "../backup/plan";
import { refuse, serviceLabels, withDefaults } from "../component";
import { priorityClass } from "../delivery/priority";
import * as pod from "../pod";
import { leafSpec } from "../security/certificates";
import { externalSecretSpec } from "../security/secrets";
import { postgresAlerts } from "./postgres-alerts";
import { postgresJobs } from "./postgres-jobs";
import { postgresPolicies } from "./postgres-network";

/** A PostgreSQL cluster under CloudNativePG: three instances, synchronous commits, WAL archived without pause. */
export interface PostgresArgs {
  name: string;
  system: string;
  namespace: string;
  /** Images by digest: PostgreSQL (CloudNativePG's, with barman for the drill), PgBouncer. */
  images: { server: string; pooler: string };
  /** Instances; a quorum of them answers before a commit returns. @default 3 */
  instances?: number;
  /** Standbys that must have a commit before it returns. @default 1 */
  synchronous?: number;
  cpu?: string;
  memory?: string;
  /** Size of the data volume. @default "20Gi" */
  storage?: string;
  /** Size of the WAL's own volume: a full one stops the primary. @default "10Gi" */
  walStorage?: string;
  storageClass?: string;
  /** Database and owner that are made at the start. @default "app" */
  database?: string;
  /** Further databases of the platform's own, each with an owner of its name, whose password is in the secret store. */
  databases?: string[];
  /** Services that may connect through the pooler: `namespace/name`. */
  clients?: string[];
}

export const postgresDefaults = {
  instances: 3,
  synchronous: 1,
  cpu: "500m",
  memory: "2Gi",
  storage: "20Gi",
  walStorage: "10Gi",
  storageClass: "general",
  database: "app",
  databases: [] as string[],
};

export const poolerPort = 5432;
const plugin = "barman-cloud.cloudnative-pg.io";

/** The objects of the cluster as plain data. Source: cloudnative-pg.io/docs, plugin-barman-cloud's docs. */
export function postgresSpec(args: PostgresArgs, plan: BackupPlan) {
  const a = withDefaults(postgresDefaults, args);
  refuseBad(a);
  const { name, namespace } = a;
  const labels = serviceLabels(a.system, name);
  const metadata = { name, namespace, labels };
  const own = (suffix: string) => ({ name: `${name}-${suffix}`, namespace, labels });
  const cnpg = <Spec extends object>(kind: string, meta: object, spec: Spec) => ({
    apiVersion: "postgresql.cnpg.io/v1",
    kind,
    metadata: meta as typeof metadata,
    spec,
  });
  const about = backupAnnotations(`${namespace}/${name}`, plan.postgres);
  const scheduled = (suffix: string, schedule: string, how: object) =>
    cnpg(
      "ScheduledBackup",
      { ...own(suffix), annotations: about },
      { schedule, cluster: { name }, backupOwnerReference: "self", immediate: true, ...how },
    );
  const byPlugin = { method: "plugin", pluginConfiguration: { name: plugin } };
  return {
    certificate: leafSpec({
      name: `${name}-server`,
      namespace,
      labels,
      dnsNames: ["rw", "r", "ro", "pooler"].flatMap(role => [
        `${name}-${role}`,
        `${name}-${role}.${namespace}`,
        `${name}-${role}.${namespace}.svc`,
      ]),
      usages: ["server auth"],
    }),
    archive: {
      apiVersion: "barmancloud.cnpg.io/v1",
      kind: "ObjectStore",
      metadata: own("archive"),
      spec: {
        retentionPolicy: `${plan.postgres.retentionDays}d`,
        configuration: {
          destinationPath: `s3://${plan.target.bucket}/postgres/${name}`,
          ...(plan.target.endpoint ? { endpointURL: plan.target.endpoint } : {}),
          s3Credentials: plan.target.credentials
            ? {
                accessKeyId: { name: plan.target.credentials, key: "access-key" },
                secretAccessKey: { name: plan.target.credentials, key: "secret-key" },
              }
            : { inheritFromIAMRole: true },
          wal: { compression: "zstd", maxParallel: 8, encryption: plan.target.encryption },
          data: { compression: "lz4", jobs: 4, encryption: plan.target.encryption },
        },
        instanceSidecarConfiguration: {
          resources: pod.resources("100m", "256Mi"),
          // Stores other than AWS's own refuse checksums that newer clients add unasked.
          ...(plan.target.endpoint
            ? {
                env: ["AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"].map(variable => ({
                  name: variable,
                  value: "when_required",
                })),
              }
            : {}),
        },
      },
    },
    cluster: cnpg("Cluster", { ...metadata, annotations: about }, clusterSpec(a, plan)),
    // Volume snapshots are incremental where the storage can; elsewhere a base backup a day.
    daily: scheduled(
      "daily",
      plan.postgres.frequent,
      plan.snapshots ? { method: "volumeSnapshot", online: true } : byPlugin,
    ),
    weekly: scheduled("weekly", plan.postgres.full, byPlugin),
    pooler: cnpg("Pooler", own("pooler"), {
      cluster: { name },
      instances: 3,
      type: "rw",
      pgbouncer: {
        poolMode: "transaction",
        parameters: {
          max_client_conn: "1000",
          // A user and database have a pool in every instance: together they must fit into what the server has.
          default_pool_size: String(Math.floor((100 - reserved) / (3 * (1 + a.databases.length)))),
          server_tls_sslmode: "verify-ca",
          client_tls_sslmode: "require",
        },
      },
      template: {
        metadata: { labels: { ...labels, "app.kubernetes.io/component": "pooler" } },
        spec: {
          // The operator makes the account under this name.
          serviceAccountName: `${name}-pooler`,
          priorityClassName: priorityClass(a.system, "vital"),
          automountServiceAccountToken: false,
          securityContext: pod.restrictedPod(998),
          topologySpreadConstraints: [pod.zoneSpread({ "cnpg.io/poolerName": `${name}-pooler` })],
          containers: [
            {
              name: "pgbouncer",
              image: a.images.pooler,
              resources: pod.resources("100m", "128Mi"),
              securityContext: pod.restrictedContainer(),
            },
          ],
        },
      },
    }),
    poolerBudget: pod.oneAtATime(own("pooler"), { "cnpg.io/poolerName": `${name}-pooler` }),
    databases: a.databases.map(database => ({
      secret: externalSecretSpec(
        { ...own("unused"), name: `${database}-database` },
        { username: "username", password: "password" },
        `${database}-database`,
      ),
      database: cnpg("Database", own(database), {
        cluster: { name },
        name: database,
        owner: database,
        // Taking the object away takes nothing else away.
        databaseReclaimPolicy: "retain",
      }),
    })),
    ...postgresPolicies(a, labels),
    monitor: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata,
      spec: {
        selector: { matchLabels: { "cnpg.io/cluster": name } },
        podMetricsEndpoints: [{ port: "metrics", interval: "30s" }],
      },
    },
    alerts: pod.alertRules("postgres", metadata, postgresAlerts(name, namespace, plan.postgres)),
    ...postgresJobs(a, plan, labels),
  };
}

/** Connections of the 100 a server has that it and its operator keep for themselves. */
const reserved = 10;

function clusterSpec(a: PostgresArgs & typeof postgresDefaults, plan: BackupPlan) {
  const volume = (size: string) => ({ size, storageClass: a.storageClass, resizeInUseVolumes: true });
  return {
    description: `PostgreSQL of ${a.system}`,
    imageName: a.images.server,
    instances: a.instances,
    priorityClassName: priorityClass(a.system, "vital"),
    postgresql: {
      // A commit returns when a standby has it too; one that fell behind is never made the primary.
      synchronous: { method: "any", number: a.synchronous, dataDurability: "required", failoverQuorum: true },
      parameters: {
        archive_timeout: plan.postgres.logTimeout ?? "5min",
        max_slot_wal_keep_size: "4GB",
        password_encryption: "scram-sha-256",
        log_min_duration_statement: "1000",
        // Where time goes (S-140); the operator loads the library because its settings are there.
        "pg_stat_statements.max": "5000",
        "pg_stat_statements.track": "top",
        track_io_timing: "on",
        track_wal_io_timing: "on",
      },
      pg_hba: ["hostnossl all all all reject"],
    },
    bootstrap: { initdb: { database: a.database, owner: a.database, dataChecksums: true } },
    certificates: { serverTLSSecret: `${a.name}-server-tls`, serverCASecret: `${a.name}-server-tls` },
    storage: volume(a.storage),
    walStorage: volume(a.walStorage),
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: "required",
      topologyKey: "kubernetes.io/hostname",
    },
    topologySpreadConstraints: [pod.zoneSpread({ "cnpg.io/cluster": a.name })],
    resources: { requests: { cpu: a.cpu, memory: a.memory }, limits: { memory: a.memory } },
    enablePDB: true,
    ...(a.databases.length > 0
      ? {
          managed: {
            roles: a.databases.map(name => ({
              name,
              ensure: "present",
              login: true,
              passwordSecret: { name: `${name}-database` },
            })),
          },
        }
      : {}),
    enableSuperuserAccess: false,
    primaryUpdateMethod: "switchover",
    primaryUpdateStrategy: "unsupervised",
    // Commits are on a standby before they return, so handing over quickly loses none.
    switchoverDelay: 300,
    probes: { liveness: { isolationCheck: { enabled: true, requestTimeout: 2_000, connectionTimeout: 2_000 } } },
    plugins: [
      { name: plugin, isWALArchiver: true, parameters: { barmanObjectName: `${a.name}-archive`, serverName: a.name } },
    ],
    ...(plan.snapshots
      ? { backup: { volumeSnapshot: { className: a.storageClass, online: true, snapshotOwnerReference: "none" } } }
      : {}),
  };
}

function refuseBad(a: PostgresArgs & typeof postgresDefaults): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  if (a.instances < 3)
    faults.push({
      propertyPath: "instances",
      reason: `instances is ${a.instances}; need at least 3: with 2 a lost one stops every commit`,
    });
  if (a.synchronous < 1 || a.synchronous >= a.instances)
    faults.push({
      propertyPath: "synchronous",
      reason: `synchronous is ${a.synchronous}; need 1 to ${a.instances - 1}`,
    });
  for (const key of ["cpu", "memory", "storage", "walStorage"] as const)
    if (!(parseQuantity(a[key]) ?? 0))
      faults.push({
        propertyPath: key,
        reason: `${key} is "${a[key]}"; need a quantity above zero such as "${postgresDefaults[key]}"`,
      });
  refuse(`postgres ${a.name}`, faults);
}
