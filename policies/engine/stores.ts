import type { Graph } from "./graph";
import type { Container, Metadata, PodSpec } from "./kubernetes";
import { readAll } from "./kubernetes";
import type { Resource } from "./resource";
import type { Subject } from "./rule";

/** Whatever keeps data: an operator's cluster, or a StatefulSet with volumes of its own. */
export interface Store {
  kind: "postgres" | "mongodb" | "volumes";
  metadata: Metadata;
  /** The whole object. */
  object: StoreObject;
}

/** What rules read of stores. Sources: postgresql.cnpg.io/v1, psmdb.percona.com/v1, apps/v1. */
export interface StoreObject {
  metadata?: Metadata & { finalizers?: string[]; annotations?: Record<string, string> };
  spec?: {
    instances?: number;
    replicas?: number;
    enableSuperuserAccess?: boolean;
    postgresql?: {
      synchronous?: { number?: number; dataDurability?: string; failoverQuorum?: boolean };
      parameters?: Record<string, string>;
      pg_hba?: string[];
    };
    backup?: {
      barmanObjectStore?: object;
      enabled?: boolean;
      pitr?: { enabled?: boolean; oplogSpanMin?: number };
      tasks?: { enabled?: boolean; schedule?: string; keep?: number; retention?: { count?: number } }[];
      storages?: Record<string, { s3?: { endpointUrl?: string; bucket?: string } }>;
    };
    plugins?: { name?: string; isWALArchiver?: boolean; parameters?: Record<string, string> }[];
    bootstrap?: { initdb?: { dataChecksums?: boolean } };
    walStorage?: { size?: string };
    affinity?: { enablePodAntiAffinity?: boolean; podAntiAffinityType?: string };
    storage?: { size?: string };
    replsets?: {
      name?: string;
      size?: number;
      affinity?: { antiAffinityTopologyKey?: string };
      volumeSpec?: { persistentVolumeClaim?: Claim };
    }[];
    tls?: { mode?: string };
    unsafeFlags?: Record<string, boolean>;
    persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string };
    volumeClaimTemplates?: { spec?: Claim }[];
    template?: { metadata?: Metadata; spec?: PodSpec & { volumes?: Volume[]; containers?: Container[] } };
  };
}

interface Claim {
  resources?: { requests?: { storage?: string } };
}

export interface Volume {
  name?: string;
  secret?: { secretName?: string; optional?: boolean };
  configMap?: { name?: string; optional?: boolean };
  emptyDir?: { sizeLimit?: string };
}

const kindOf = ({ group, kind, props }: Resource): Store["kind"] | undefined => {
  if (group === "postgresql.cnpg.io" && kind === "Cluster") return "postgres";
  if (group === "psmdb.percona.com" && kind === "PerconaServerMongoDB") return "mongodb";
  if (group !== "apps" || kind !== "StatefulSet") return undefined;
  const spec = props.spec;
  // A spec nobody can read may well hold volumes.
  const isReadable = typeof spec === "object" && spec !== null && !Array.isArray(spec);
  return !isReadable || (spec as Record<string, unknown>).volumeClaimTemplates !== undefined ? "volumes" : undefined;
};

/** The store a resource is, if it is one. */
export function stores(resource: Resource): Subject<Store>[] {
  const kind = kindOf(resource);
  if (!kind) return [];
  return [
    {
      resource,
      path: "",
      read: () => {
        const object = readAll<StoreObject>(resource);
        return { kind, object, metadata: object.metadata ?? {} };
      },
    },
  ];
}

/** Stores of one kind only. */
export const storesOf =
  (...kinds: Store["kind"][]) =>
  (resource: Resource): Subject<Store>[] =>
    kinds.includes(kindOf(resource)!) ? stores(resource) : [];

/** `namespace/name`, as backups and drills name the store they are for. */
export const storeName = ({ metadata }: Store): string => `${metadata.namespace ?? "default"}/${metadata.name}`;

/** How large the data of one server can get, as a quantity; undefined where nobody said. */
export function sizeOf({ kind, object: { spec } }: Store): string | undefined {
  if (kind === "postgres") return spec?.storage?.size;
  if (kind === "mongodb") return spec?.replsets?.[0]?.volumeSpec?.persistentVolumeClaim?.resources?.requests?.storage;
  return spec?.volumeClaimTemplates?.[0]?.spec?.resources?.requests?.storage;
}

interface CronJob {
  metadata?: Metadata & { annotations?: Record<string, string> };
  spec?: {
    schedule?: string;
    suspend?: boolean;
    jobTemplate?: { spec?: { template?: { spec?: PodSpec } } };
  };
}

/** CronJobs annotated to back a store up, or to restore it; a suspended one does neither. */
export function jobsFor(store: Store, annotation: "backup-of" | "restores", graph: Graph): CronJob[] {
  return graph
    .ofKind("batch", "CronJob")
    .map(resource => readAll<CronJob>(resource))
    .filter(
      job =>
        job.metadata?.annotations?.[`greenlight.dev/${annotation}`] === storeName(store) && job.spec?.suspend !== true,
    );
}

/** A backup by schedule: when, and for how many days it is kept where that is said. */
export interface Backup {
  schedule: string;
  retentionDays?: number;
  /** URL it goes to; undefined for a cloud's own. */
  endpoint?: string;
}

interface ScheduledBackup {
  metadata?: Metadata;
  spec?: { cluster?: { name?: string }; schedule?: string; suspend?: boolean; method?: string };
}

interface ObjectStore {
  metadata?: Metadata;
  spec?: { retentionPolicy?: string; configuration?: { endpointURL?: string; destinationPath?: string } };
}

/** Every scheduled backup of a store, wherever it is declared. */
export function backupsOf(store: Store, graph: Graph): Backup[] {
  const { object, metadata } = store;
  if (store.kind === "mongodb") {
    if (object.spec?.backup?.enabled === false) return [];
    const endpoint = Object.values(object.spec?.backup?.storages ?? {})[0]?.s3?.endpointUrl;
    return (object.spec?.backup?.tasks ?? [])
      .filter(task => task.enabled !== false && task.schedule !== undefined)
      .map(task => ({ schedule: task.schedule!, ...(endpoint ? { endpoint } : {}) }));
  }
  if (store.kind === "postgres") {
    const archive = archiveOf(store, graph);
    const days = Number(/^(\d+)d$/.exec(archive?.spec?.retentionPolicy ?? "")?.[1]);
    const endpoint = archive?.spec?.configuration?.endpointURL;
    return graph
      .ofKind("postgresql.cnpg.io", "ScheduledBackup")
      .map(resource => readAll<ScheduledBackup>(resource))
      .filter(
        one =>
          one.metadata?.namespace === metadata.namespace &&
          one.spec?.cluster?.name === metadata.name &&
          one.spec?.suspend !== true,
      )
      .map(one => ({
        schedule: one.spec?.schedule ?? "",
        ...(Number.isFinite(days) ? { retentionDays: days } : {}),
        ...(endpoint ? { endpoint } : {}),
      }));
  }
  return jobsFor(store, "backup-of", graph).map(job => {
    const days = Number(job.metadata?.annotations?.["greenlight.dev/retention-days"]);
    const pod = job.spec?.jobTemplate?.spec?.template?.spec;
    const all = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])];
    const endpoint = all.flatMap(one => one.env ?? []).find(one => one.name === "AWS_ENDPOINT_URL")?.value;
    return {
      schedule: job.spec?.schedule ?? "",
      ...(Number.isFinite(days) ? { retentionDays: days } : {}),
      ...(endpoint ? { endpoint } : {}),
    };
  });
}

/** The object store a cluster's WAL goes to, where the plugin archives it. */
export function archiveOf({ object, metadata }: Store, graph: Graph): ObjectStore | undefined {
  const plugin = object.spec?.plugins?.find(one => one.isWALArchiver === true);
  const name = plugin?.parameters?.barmanObjectName;
  if (name === undefined) return undefined;
  return graph
    .ofKind("barmancloud.cnpg.io", "ObjectStore")
    .map(resource => readAll<ObjectStore>(resource))
    .find(one => one.metadata?.namespace === metadata.namespace && one.metadata?.name === name);
}

/** The longest a piece of the log may wait before it is shipped, in its own words; undefined where no log is shipped. */
export function logTimeout(store: Store, graph: Graph): string | undefined {
  const { spec } = store.object;
  if (store.kind === "mongodb")
    return spec?.backup?.pitr?.enabled === true ? `${spec.backup.pitr.oplogSpanMin ?? 10}min` : undefined;
  if (store.kind !== "postgres" || !archiveOf(store, graph)) return undefined;
  // The operator's own default.
  return spec?.postgresql?.parameters?.archive_timeout ?? "5min";
}
