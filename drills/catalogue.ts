import type { Drill } from "./drill";
import { failoverPostgres } from "./postgres/failover";
import { restorePostgres } from "./postgres/restore";

/** Every drill, in the order in which `greenlight drill all` runs them. */
export const drills: readonly Drill[] = [restorePostgres, failoverPostgres];
