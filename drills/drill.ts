import type { BackupPlan } from "../components/backup/plan";
import type { MongodbArgs, mongodbSpec } from "../components/data/mongodb-spec";
import type { ObjectStoreArgs, objectStoreSpec } from "../components/data/object-store-spec";
import type { PostgresArgs, postgresSpec } from "../components/data/postgres-spec";
import type { RedisArgs, redisSpec } from "../components/data/redis-spec";
import type { ServiceArgs, serviceSpec } from "../components/delivery/service";
import type { DependencyArgs, dependencySpec } from "../components/gateway/dependency";
import type { EvidenceKind } from "../model/evidence";
import type { DeclaredLoad } from "../model/growth";
import type { Scaling } from "../model/job-peak";
import type { Course } from "./course";
import type { Servers } from "./servers";

/** Folders of the programs that drills run, by what they are. */
export interface Programs {
  /** initdb, postgres, pg_ctl, psql, pg_basebackup, pg_rewind. */
  postgres: string;
  /** barman-cloud-…: the engine of CloudNativePG's plugin. */
  barman: string;
  /** minio, mc. */
  objectStore: string;
  /** valkey- or redis-server and -cli. */
  redis: string;
  /** aws, the client that backup jobs use. */
  aws: string;
  /** etcd; kube-apiserver and its fellows with kubectl; kwok. */
  etcd: string;
  kubernetes: string;
  kwok: string;
  /** rollouts-controller, and the definitions of its kinds. */
  rollouts: string;
  prometheus: string;
  /** The compiled reference service (`examples/service`). */
  service: string;
  k6: string;
}

/** Where one drill takes place. */
export interface Room {
  /** Its own folder; gone afterwards. */
  dir: string;
  programs: Programs;
  servers: Servers;
  course: Course;
  /** Fresh, written into the data before anything is broken. */
  nonce: string;
  /** What is done wrong on purpose, if anything. */
  sabotage?: string | undefined;
}

export type Result = "passed" | "failed" | "invalid";

/** Something done wrong on purpose, by which a drill shows that it cannot pass by doing nothing. */
export interface Sabotage {
  what: string;
  comesTo: Exclude<Result, "passed">;
}

/** A program that breaks something real, repairs it by the runbook's own commands, and measures. */
export interface Drill {
  /** As it is called: `restore postgres`. */
  id: string;
  title: string;
  /** What its evidence counts as. */
  kind: EvidenceKind;
  requirements: string[];
  needs: (keyof Programs)[];
  /** Steps that have to be taken; without one of them it is invalid. */
  steps: string[];
  sabotages: Record<string, Sabotage>;
  /** What it is about; a stack without it cannot be drilled for it. */
  store: Subject;
  run: (room: Room, settings: Settings) => Promise<{ engines: Record<string, string> }>;
}

/** What a drill can be about: a store, a service that is released step by step, something outside that services need. */
export type Subject = "postgres" | "mongodb" | "redis" | "objectStore" | "service" | "dependency";

/** What is drilled is what is deployed: the stack's own stores and plan, rendered by their components. */
export interface Settings {
  stack: string;
  /** Limits in milliseconds. */
  rtoMs: number;
  rpoMs: number;
  rollbackMs: number;
  /** What is expected of load; absent where the stack does not say. */
  load?: DeclaredLoad;
  /** Who takes the AI analysis' jobs: so many at most. */
  worker?: Scaling;
  plan: BackupPlan;
  postgres?: { args: PostgresArgs; spec: ReturnType<typeof postgresSpec> };
  mongodb?: { args: MongodbArgs; spec: ReturnType<typeof mongodbSpec> };
  redis?: { args: RedisArgs; spec: ReturnType<typeof redisSpec> };
  objectStore?: { args: ObjectStoreArgs; spec: ReturnType<typeof objectStoreSpec> };
  /** The first that is released by canary. */
  service?: { args: ServiceArgs; spec: ReturnType<typeof serviceSpec> };
  /** The first that is declared. */
  dependency?: { args: DependencyArgs; spec: ReturnType<typeof dependencySpec> };
}

/** The settings of a stack that has the subject; a drill is never run without. */
export function needed<Name extends Subject>(settings: Settings, name: Name): NonNullable<Settings[Name]> {
  const found = settings[name];
  if (!found) throw new Error(`stack ${settings.stack} has no ${name}`);
  return found;
}
