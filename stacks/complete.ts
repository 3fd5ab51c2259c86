import { fail, UserError } from "../model/faults";
import type { Waiver } from "../model/waiver";
import { ownConfig, readStackFile, stackNames } from "./files";
import type { OnCallFile } from "./oncall";
import { readOnCall } from "./oncall";
import type { BaseConfig, PlatformConfig } from "./schema";
import { parseStack } from "./schema";
import { stagingOf } from "./spec";
import { readWaivers, waiverFile } from "./waivers";
import { weakerThan } from "./weaker";

export type LoadedStack =
  BaseConfig | (PlatformConfig & { layer?: undefined; oncall?: OnCallFile["alerts"]; waivers?: Waiver[] });

/**
 * A stack's config checked with all that stands around it: its rota, its exceptions, and staging, which production may not be weaker
 * than. Throws a UserError that lists every fault.
 * @param raw the project's own keys, without their prefix
 */
export function complete(raw: Record<string, unknown>, stack: string, dir: string, project: string): LoadedStack {
  const file = `stacks/Pulumi.${stack}.yaml`;
  const config = parseStack(raw, file);
  const staging = stagingOf(stack);
  if (config.tier === "production" && staging && stackNames(dir).includes(staging)) {
    const other = parseStack(ownConfig(readStackFile(dir, staging).config, project), `stacks/Pulumi.${staging}.yaml`);
    const faults = weakerThan(config, other, file);
    if (faults.length > 0) throw new UserError(faults);
  }
  if (config.layer) return config;
  const oncall = readOnCall(dir, stack);
  if (config.observability && !oncall)
    throw fail(
      `stacks/${stack}/oncall.yaml`,
      "missing",
      "who is on call and where alerts go, since greenlight:observability is given",
      `Copy stacks/local/oncall.yaml and put names in.`,
    );
  const waivers = readWaivers(waiverFile(dir, stack));
  return { ...config, ...(oncall ? { oncall: oncall.alerts } : {}), ...(waivers.length > 0 ? { waivers } : {}) };
}
