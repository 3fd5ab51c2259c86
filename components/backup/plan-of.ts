import { mongodbDefaults } from "../data/mongodb-spec";
import { objectStoreDefaults } from "../data/object-store-spec";
import { postgresDefaults } from "../data/postgres-spec";
import { redisDefaults } from "../data/redis-spec";
import type { BackupArgs, BackupPlan } from "./plan";
import { backupPlan } from "./plan";

/** What a platform says of its stores and backups. */
export interface BackedUp {
  backup?: BackupArgs;
  postgres?: { storage?: string };
  mongodb?: { storage?: string };
  redis?: { storage?: string };
  objectStore?: { drive?: string };
}

/** The platform's backup plan, with its stores' sizes for the time a restore takes; undefined where nothing is backed up. */
export const planOf = ({ backup, postgres, mongodb, redis, objectStore }: BackedUp): BackupPlan | undefined =>
  backup &&
  backupPlan(backup, {
    postgres: postgres?.storage ?? postgresDefaults.storage,
    mongodb: mongodb?.storage ?? mongodbDefaults.storage,
    redis: redis?.storage ?? redisDefaults.storage,
    objectStore: objectStore?.drive ?? objectStoreDefaults.drive,
  });
