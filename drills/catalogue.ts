import { testApi } from "./api/api";
import { degradeDependency } from "./dependency/degrade";
import type { Drill } from "./drill";
import { outageObjects } from "./object-store/outage";
import { testLoad } from "./load/load";
import { restoreObjects } from "./object-store/restore";
import { failoverPostgres } from "./postgres/failover";
import { restorePostgres } from "./postgres/restore";
import { rollbackRelease } from "./release/rollback";
import { failoverRedis } from "./redis/failover";
import { restoreRedis } from "./redis/restore";
import { testStorage } from "./storage/storage";

/** Every drill, in the order in which `greenlight drill all` runs them. */
export const drills: readonly Drill[] = [
  restorePostgres,
  failoverPostgres,
  restoreRedis,
  failoverRedis,
  restoreObjects,
  outageObjects,
  rollbackRelease,
  degradeDependency,
  testApi,
  testLoad,
  testStorage,
];

/** What a stack may hold that no drill here covers, and why: said wherever drills are listed or run. */
export const notDrilled: Record<string, string> = {
  mongodb: "its server is not to be had here; its restore is drilled in a cluster, `--target cluster`",
};
