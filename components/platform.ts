import type * as pulumi from "@pulumi/pulumi";
import type { BackupArgs } from "./backup/plan";
import { backupPlan } from "./backup/plan";
import { ObjectStore } from "./data/object-store";
import type { ObjectStoreArgs } from "./data/object-store-spec";
import { objectStoreDefaults } from "./data/object-store-spec";
import { Postgres } from "./data/postgres";
import type { PostgresArgs } from "./data/postgres-spec";
import { postgresDefaults } from "./data/postgres-spec";
import { Redis } from "./data/redis";
import type { RedisArgs } from "./data/redis-spec";
import { redisDefaults } from "./data/redis-spec";
import type { ServiceArgs } from "./delivery/service";
import { Service } from "./delivery/service";
import type { CertificatesArgs } from "./security/certificates";
import { Certificates } from "./security/certificates";
import type { NamespaceArgs } from "./security/namespace";
import { Namespace } from "./security/namespace";
import type { SecretsArgs } from "./security/secrets";
import { Secrets } from "./security/secrets";

type Own<Args> = Omit<Args, "system">;

/** What runs in one environment. */
export interface PlatformArgs {
  /** Name of the system all of it belongs to. */
  system: string;
  namespaces: Own<NamespaceArgs>[];
  services: Own<ServiceArgs>[];
  certificates?: Own<CertificatesArgs>;
  secrets?: Pick<SecretsArgs, "store">;
  backup?: BackupArgs;
  postgres?: Own<PostgresArgs>;
  redis?: Own<RedisArgs>;
  objectStore?: Own<ObjectStoreArgs>;
}

/** Joins the parts; the only place that knows their order. Gives the endpoint of each service and store by name. */
export function buildPlatform(args: PlatformArgs): Record<string, pulumi.Output<unknown>> {
  const { system, services, certificates, secrets } = args;
  const namespaces = new Map(args.namespaces.map(one => [one.name, new Namespace(one.name, { ...one, system })]));
  const within = (...names: string[]): pulumi.ComponentResourceOptions => ({
    dependsOn: names.flatMap(name => namespaces.get(name) ?? []),
  });
  const authority =
    certificates &&
    new Certificates("certificates", { ...certificates, system }, within(certificates.namespace ?? "cert-manager"));
  if (secrets) new Secrets("secrets", { ...secrets, system, namespaces: [...namespaces.keys()] });
  const endpoints: Record<string, pulumi.Output<unknown>> = {};
  const { backup, postgres, redis, objectStore } = args;
  if (backup) {
    const plan = backupPlan(backup, {
      postgres: postgres?.storage ?? postgresDefaults.storage,
      redis: redis?.storage ?? redisDefaults.storage,
      objectStore: objectStore?.drive ?? objectStoreDefaults.drive,
    });
    const after = (namespace: string) => {
      const home = within(namespace);
      return authority ? { dependsOn: [home.dependsOn, authority].flat() as pulumi.Resource[] } : home;
    };
    if (postgres)
      endpoints[postgres.name] = new Postgres(
        postgres.name,
        { ...postgres, system },
        plan,
        after(postgres.namespace),
      ).endpoint;
    if (redis)
      endpoints[redis.name] = new Redis(redis.name, { ...redis, system }, plan, after(redis.namespace)).sentinels;
    if (objectStore)
      endpoints[objectStore.name] = new ObjectStore(
        objectStore.name,
        { ...objectStore, system },
        plan,
        after(objectStore.namespace),
      ).endpoint;
  }
  for (const one of services)
    endpoints[one.name] = new Service(one.name, { ...one, system }, within(one.namespace)).endpoint;
  return endpoints;
}
