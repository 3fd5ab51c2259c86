import type * as pulumi from "@pulumi/pulumi";
import type { BackupPlan } from "../backup/plan";
import type { PlatformArgs } from "../platform";
import { Mongodb } from "./mongodb";
import { ObjectStore, s3Endpoint } from "./object-store";
import { Postgres } from "./postgres";
import { Redis } from "./redis";

/** Builds the stores that are asked for. Gives where each is reached, by name. */
export function buildStores(
  { system, postgres, mongodb, redis, objectStore, s3, observability }: PlatformArgs,
  plan: BackupPlan,
  after: (namespace: string) => pulumi.ComponentResourceOptions,
): Record<string, unknown> {
  const endpoints: Record<string, unknown> = {};
  if (postgres) {
    const databases = observability ? ["grafana"] : [];
    endpoints[postgres.name] = new Postgres(
      postgres.name,
      { ...postgres, system, databases },
      plan,
      after(postgres.namespace),
    ).endpoint;
  }
  if (mongodb)
    endpoints[mongodb.name] = new Mongodb(
      mongodb.name,
      { ...mongodb, system },
      plan,
      after(mongodb.namespace),
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
  if (s3) endpoints.s3 = s3Endpoint(s3);
  return endpoints;
}
