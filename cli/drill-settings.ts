import { planOf } from "../components/backup/plan-of";
import { mongodbSpec } from "../components/data/mongodb-spec";
import { objectStoreSpec } from "../components/data/object-store-spec";
import { postgresSpec } from "../components/data/postgres-spec";
import { redisSpec } from "../components/data/redis-spec";
import { serviceSpec, strategyOf } from "../components/delivery/service";
import { dependencySpec } from "../components/gateway/dependency";
import type { Settings } from "../drills/drill";
import { root } from "../local/state";
import { fail } from "../model/faults";
import { limits } from "../model/limits";
import { exitCodes } from "../model/outcome";
import { complete } from "../stacks/complete";
import { readExpectedLoad } from "../stacks/expected-load";
import { ownConfig } from "../stacks/files";
import { stackOf } from "./commands/check";
import { declaredWorker } from "./declared-worker";
import { readProject } from "./project";

/** What the stack declares, rendered by its components. */
export function settingsOf(name: string | undefined): { settings: Settings; stack: string } {
  const project = readProject(root);
  const { stack, config } = stackOf(project, name);
  const loaded = complete(ownConfig(config, project.name), stack, project.stackDir, project.name);
  const wants = (found: string) =>
    fail(`stack ${stack}`, found, "a stack with stores and a backup plan", undefined, exitCodes.usage);
  if (loaded.layer) throw wants("a base, which holds no store");
  const plan = planOf(loaded);
  if (!plan) throw wants("without greenlight:backup");
  const { system, postgres, mongodb, redis, objectStore, tier, services, dependencies } = loaded;
  const { rtoMs, rpoMs, rollbackMs } = limits[tier];
  const load = readExpectedLoad(project.stackDir, stack);
  const worker = declaredWorker(ownConfig(config, project.name));
  const released = services.find(one => strategyOf(one) === "canary");
  return {
    stack,
    settings: {
      ...{ stack, plan, rtoMs, rpoMs, rollbackMs },
      ...(load ? { load } : {}),
      ...(worker ? { worker } : {}),
      ...(postgres ? { postgres: made({ ...postgres, system }, args => postgresSpec(args, plan)) } : {}),
      ...(mongodb ? { mongodb: made({ ...mongodb, system }, args => mongodbSpec(args, plan)) } : {}),
      ...(redis ? { redis: made({ ...redis, system }, args => redisSpec(args, plan)) } : {}),
      ...(objectStore ? { objectStore: made({ ...objectStore, system }, args => objectStoreSpec(args, plan)) } : {}),
      ...(dependencies?.[0] ? { dependency: made({ ...dependencies[0], system }, dependencySpec) } : {}),
      ...(released ? { service: made({ ...released, system }, serviceSpec) } : {}),
    },
  };
}

const made = <Args, Spec>(args: Args, spec: (args: Args) => Spec) => ({ args, spec: spec(args) });
