import * as fs from "node:fs";
import type { Tier } from "../../model/tier";
import { isTier, stricter } from "../../model/tier";

/**
 * The tier a run is judged at. It follows the target, never the stack's name: what a stack declares can only raise it
 * (decision 17). The one known target is our own local control plane; anything else counts as production.
 */
export function judgedTier(declared: unknown, target: Tier | undefined): Tier {
  return stricter(isTier(declared) ? declared : "production", target ?? "production");
}

/** The target's tier as the environment of the run tells it. */
export function targetTier(): Tier | undefined {
  // A run that can reach no cluster deploys nothing: the declared tier stands, and the verdict is marked simulated.
  if (process.env.GREENLIGHT_OFFLINE) return "local";
  const own = process.env.GREENLIGHT_LOCAL_KUBECONFIG;
  const used = process.env.KUBECONFIG;
  if (own && used && fs.existsSync(own) && fs.existsSync(used) && fs.realpathSync(own) === fs.realpathSync(used))
    return "local";
  return undefined;
}
