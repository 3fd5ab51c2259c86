import type * as pulumi from "@pulumi/pulumi";
import type { AdmissionPolicy } from "../model/admission";
import type { Waiver } from "../model/waiver";
import type { BackupArgs, BackupPlan } from "./backup/plan";
import { planOf } from "./backup/plan-of";
import { ClusterObjects } from "./backup/cluster-objects";
import { StorageClasses } from "./cluster/storage-classes";
import type { MongodbArgs } from "./data/mongodb-spec";
import type { ObjectStoreArgs } from "./data/object-store-spec";
import type { PostgresArgs } from "./data/postgres-spec";
import type { RedisArgs } from "./data/redis-spec";
import { buildStores } from "./data/stores";
import { Priorities } from "./delivery/priority";
import type { ExposedService } from "./delivery/exposed";
import { buildServices, slosOf } from "./delivery/exposed";
import type { WorkerArgs } from "./delivery/worker";
import { Worker } from "./delivery/worker";
import type { DependencyArgs } from "./gateway/dependency";
import { Dependency } from "./gateway/dependency";
import type { GatewayArgs } from "./gateway/gateway";
import { Gateway, gatewayNamespace } from "./gateway/gateway";
import { Route } from "./gateway/route";
import type { OnCall } from "./observability/alertmanager-config";
import { monitoringNamespace } from "./observability/names";
import type { ObservabilityArgs } from "./observability/observability";
import { Observability } from "./observability/observability";
import type { OperatorName } from "./operators/operator";
import { Operator, operatorGroups, operatorNames } from "./operators/operator";
import { reachesOf } from "./reach";
import { Admission } from "./security/admission";
import type { AccessArgs } from "./security/access";
import { Access } from "./security/access";
import type { CertificatesArgs } from "./security/certificates";
import { Certificates } from "./security/certificates";
import type { NamespaceArgs } from "./security/namespace";
import { Namespace } from "./security/namespace";
import type { SecretsArgs, WantedSecret } from "./security/secrets";
import { Secrets } from "./security/secrets";

export type Own<Args> = Omit<Args, "system">;

/** What runs in one environment. */
export interface PlatformArgs {
  /** Name of the system all of it belongs to. */
  system: string;
  namespaces: Own<NamespaceArgs>[];
  /** Operators that are installed; what is not named is taken to be in the cluster already. */
  operators?: OperatorName[];
  /** Classes of volumes that are made; without it the cluster has classes of these names. */
  storageClasses?: "ebs";
  /** What the API server itself refuses. */
  admission?: readonly AdmissionPolicy[];
  /** Exceptions it lets off, as the gate does. */
  waivers?: readonly Waiver[];
  services: Own<ExposedService>[];
  workers?: Own<WorkerArgs>[];
  access?: Pick<AccessArgs, "readers" | "operators">;
  certificates?: Own<CertificatesArgs>;
  secrets?: Pick<SecretsArgs, "store">;
  backup?: BackupArgs;
  postgres?: Own<PostgresArgs>;
  mongodb?: Own<MongodbArgs>;
  redis?: Own<RedisArgs>;
  objectStore?: Own<ObjectStoreArgs>;
  /** S3 of the cloud instead of an object store of our own; the buckets are the base stack's. */
  s3?: { region: string; buckets: string[] };
  gateway?: Own<GatewayArgs>;
  dependencies?: Own<DependencyArgs>[];
  observability?: Pick<ObservabilityArgs, "images"> & {
    prometheus?: Partial<Pick<ObservabilityArgs["prometheus"], "storage" | "retention" | "memory" | "storageClass">>;
    tracing: ObservabilityArgs["tracing"];
    logs: Omit<ObservabilityArgs["logs"], "namespaces">;
    /** Name Grafana is reached by from outside. */
    host?: string;
  };
  /** Who is told of alerts; needed where there is observability. */
  oncall?: OnCall;
}

/** Joins the parts; the only place that knows their order. Gives what people need to find and to restore things (S-006). */
export function buildPlatform(args: PlatformArgs): Record<string, unknown> {
  const { system, certificates, secrets, observability } = args;
  new Priorities("priorities", { system });
  const operators = (args.operators ?? []).map(name => operatorGroups[name].namespace);
  if (args.admission)
    new Admission("admission", { system, policies: args.admission, operators, waivers: args.waivers ?? [] });
  const own = [
    ...args.namespaces,
    ...(args.gateway ? [{ name: gatewayNamespace }] : []),
    ...(observability ? [{ name: monitoringNamespace }] : []),
  ];
  const namespaces = new Map(own.map(one => [one.name, new Namespace(one.name, { ...one, system })]));
  const ready: pulumi.Resource[] = [];
  const operator = (name: OperatorName) => {
    if (args.operators?.includes(name)) ready.push(new Operator({ name, system }, { dependsOn: [...ready] }));
  };
  // Webhooks of the others get their certificates from here, so the authority stands before them.
  operator("certificates");
  if (certificates) {
    const home = namespaces.get(certificates.namespace ?? "cert-manager");
    const after = { dependsOn: [...ready, ...(home ? [home] : [])] };
    ready.push(new Certificates("certificates", { ...certificates, system }, after));
  }
  operatorNames.filter(name => name !== "certificates").forEach(operator);
  const after = (namespace?: string): pulumi.ComponentResourceOptions => ({
    dependsOn: [...ready, ...(namespace ? [namespaces.get(namespace)!].filter(Boolean) : [])],
  });
  if (args.storageClasses) new StorageClasses("storage-classes", { system }, after());
  if (secrets)
    new Secrets(
      "secrets",
      { ...secrets, system, namespaces: [...namespaces.keys()], wanted: wantedSecrets(args) },
      { dependsOn: [...ready, ...namespaces.values()] },
    );
  if (args.access) new Access("access", { ...args.access, system, namespaces: args.namespaces.map(one => one.name) });
  const plan = planOf(args);
  const stores = plan ? buildStores(args, plan, after) : {};
  if (plan && args.operators?.includes("velero"))
    new ClusterObjects("cluster-objects", { system, namespaces: [...namespaces.keys()] }, plan, after());
  if (args.gateway) new Gateway("gateway", { ...args.gateway, system }, after(gatewayNamespace));
  const watching = observability && watch(args, [...namespaces.keys()], after(monitoringNamespace));
  const traced = watching ? { traces: watching.traces } : {};
  const dependencies = Object.fromEntries(
    (args.dependencies ?? []).map(one => [
      one.name,
      new Dependency(one.name, { ...one, system }, after(gatewayNamespace)).url,
    ]),
  );
  const reaching = (namespace: string, name: string) => reachesOf(`${namespace}/${name}`, args, watching !== undefined);
  const services = buildServices(
    args.services.map(one => ({
      ...one,
      ...traced,
      system,
      tls: one.tls ?? certificates !== undefined,
      reaches: reaching(one.namespace, one.name),
    })),
    after,
  );
  for (const one of args.workers ?? [])
    new Worker(
      one.name,
      { ...one, ...traced, system, reaches: reaching(one.namespace, one.name) },
      after(one.namespace),
    );
  return {
    endpoints: { ...stores, ...services.endpoints },
    ...(args.gateway
      ? { urls: { ...services.urls, ...(observability?.host ? { grafana: `https://${observability.host}/` } : {}) } }
      : {}),
    ...(args.dependencies ? { dependencies } : {}),
    ...(plan ? { restore: restoreCommands(args, plan) } : {}),
  };
}

function watch(args: PlatformArgs, namespaces: string[], after: pulumi.ComponentResourceOptions): Observability {
  const { system, observability, postgres, services, workers = [], dependencies = [] } = args;
  const { images, prometheus, tracing, logs, host } = observability!;
  const slos = slosOf(services, workers);
  const database = postgres && { namespace: postgres.namespace, cluster: postgres.name };
  const named = ({ name, namespace }: { name: string; namespace: string }) => ({ name, namespace });
  const nameOf = (one: { name: string } | undefined) => one?.name;
  const stores = {
    postgres: nameOf(args.postgres),
    mongodb: nameOf(args.mongodb),
    redis: nameOf(args.redis),
    objectStore: nameOf(args.objectStore),
  };
  const made = new Observability(
    "observability",
    {
      system,
      images,
      prometheus: {
        ...prometheus,
        namespaces: [...namespaces, ...(args.operators ?? []).map(name => operatorGroups[name].namespace)],
        slos,
        oncall: args.oncall!,
      },
      tracing,
      logs: { ...logs, namespaces },
      grafana: { ...(host ? { host } : {}), ...(database ? { database } : {}) },
      dashboards: {
        services: services.map(named),
        workers: workers.map(named),
        dependencies: dependencies.map(one => one.name),
        stores: Object.fromEntries(Object.entries(stores).filter(([, name]) => name)) as Partial<
          Record<keyof typeof stores, string>
        >,
        slos,
      },
    },
    after,
  );
  if (host && args.gateway)
    new Route(
      "grafana",
      { service: "grafana", system, namespace: monitoringNamespace, host, port: 3000, tls: false, timeout: "60s" },
      { dependsOn: [made] },
    );
  return made;
}

/** The Secrets that pods name in their environment and that come from the store. */
function wantedSecrets({ services, workers = [], observability }: PlatformArgs): WantedSecret[] {
  const named = [...services, ...workers].flatMap(({ namespace, secrets = {} }) =>
    Object.values(secrets).map(({ name, key }) => ({ namespace, name, key })),
  );
  const storage = observability?.tracing.storage;
  if (storage?.kind === "opensearch")
    for (const key of ["user", "password"])
      named.push({ namespace: monitoringNamespace, name: storage.credentials, key });
  return named;
}

/** What somebody types to try a restore now, by store, and what it promises. */
function restoreCommands(args: PlatformArgs, plan: BackupPlan): Record<string, string> {
  const kinds = ["postgres", "mongodb", "redis", "objectStore"] as const;
  return Object.fromEntries(
    kinds.flatMap(kind => {
      const store = args[kind];
      if (!store) return [];
      const { rpoMinutes, rtoMinutes } = plan[kind].provable;
      const command = `kubectl -n ${store.namespace} create job --from=cronjob/${store.name}-restore-drill ${store.name}-drill-now`;
      return [
        [store.name, `${command}   # loses at most ${rpoMinutes} min, takes at most ${Math.ceil(rtoMinutes)} min`],
      ];
    }),
  );
}
