import type { Drill } from "./drill";
import { outageObjects } from "./object-store/outage";
import { failoverPostgres } from "./postgres/failover";
import { restorePostgres } from "./postgres/restore";
import { failoverRedis } from "./redis/failover";

/** Every drill, in the order in which `greenlight drill all` runs them. */
export const drills: readonly Drill[] = [restorePostgres, failoverPostgres, failoverRedis, outageObjects];
