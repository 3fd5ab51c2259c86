import { z } from "zod";
import { tiers } from "../model/tier";
import { baseSchema } from "./base-schema";
import { dataSchemas } from "./data-schema";
import { deliverySchemas, platformSchemas } from "./platform-schema";
import { checkReferences } from "./references";
import { parseStrictly, pathText } from "../model/strict";

/** What may stand in a stack's config under `greenlight:`. Strict: an unknown key is an error, not a wish. */

const name = z.string().regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "a DNS label: small letters, digits and dashes");
const path = z.string().regex(/^\//, 'a path that begins with "/"');
const port = z.int().min(1).max(65535);
const replicas = z.int().min(1).max(1000);

const namespace = z.strictObject({
  name,
  cpu: z.string().optional(),
  memory: z.string().optional(),
  pods: z.int().min(1).optional(),
});

const service = z.strictObject({
  name,
  namespace: name,
  image: z.string().min(1),
  port: port.optional(),
  minReplicas: replicas.optional(),
  maxReplicas: replicas.optional(),
  cpu: z.string().optional(),
  memory: z.string().optional(),
  livePath: path.optional(),
  readyPath: path.optional(),
  metricsPath: path.optional(),
  env: z.record(z.string(), z.string()).optional(),
  callers: z.array(name).optional(),
  calls: z.array(z.strictObject({ name, port: port.optional() })).optional(),
  ...deliverySchemas,
});

const platformSchema = z.strictObject({
  tier: z.enum(tiers),
  system: name,
  /** The stack this one stands on: its cluster must be the run's target. */
  base: name.optional(),
  namespaces: z.array(namespace).min(1),
  services: z.array(service),
  ...dataSchemas,
  ...platformSchemas,
});

export type PlatformConfig = z.infer<typeof platformSchema>;
export type BaseConfig = z.infer<typeof baseSchema>;
/** A stack is the platform of an environment, or (with `layer: base`) what it stands on in the cloud. */
export type StackConfig = (PlatformConfig & { layer?: undefined }) | BaseConfig;

/**
 * The config of one stack, checked whole: every fault at once, each with its path.
 * @param raw values by key without the `greenlight:` prefix
 * @param file the file the values come from, for the messages
 */
export function parseStack(raw: Record<string, unknown>, file: string): StackConfig {
  const at = (path: PropertyKey[]) => `${file}: greenlight:${pathText(path)}`;
  if (raw.layer !== undefined) return parseStrictly(baseSchema, raw, at);
  return checkReferences(parseStrictly(platformSchema, raw, at), file);
}
