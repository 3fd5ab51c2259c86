import { scalingOf } from "../components/delivery/scaling";
import type { Scaling } from "../model/job-peak";
import { workerSchema } from "../stacks/platform-schema";

/** How the first worker that a stack declares is scaled; undefined where there is none. */
export function declaredWorker(config: Record<string, unknown>): Scaling | undefined {
  const [first] = Array.isArray(config.workers) ? (config.workers as unknown[]) : [];
  const { success, data } = workerSchema.safeParse(first);
  return success ? scalingOf(data) : undefined;
}
