import { z } from "zod";
import type { Fault } from "../model/faults";
import { UserError } from "../model/faults";
import { tiers } from "../model/tier";
import { baseSchema } from "./base-schema";
import { dataSchemas } from "./data-schema";

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
});

const platformSchema = z.strictObject({
  tier: z.enum(tiers),
  system: name,
  /** The stack this one stands on: its cluster must be the run's target. */
  base: name.optional(),
  namespaces: z.array(namespace).min(1),
  services: z.array(service),
  ...dataSchemas,
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
  if (raw.layer !== undefined) return parseWith(baseSchema, raw, file);
  return checkReferences(parseWith(platformSchema, raw, file), file);
}

function parseWith<Schema extends z.ZodObject>(schema: Schema, raw: Record<string, unknown>, file: string) {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new UserError(parsed.error.issues.flatMap(issue => faultsOf(issue, schema, raw, file)));
}

type Issue = z.core.$ZodIssue;

function faultsOf(issue: Issue, schema: z.ZodObject, raw: unknown, file: string): Fault[] {
  const at = (path: PropertyKey[]) =>
    `${file}: greenlight:${path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i ? "." : ""}${String(key)}`)).join("")}`;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map(key => ({
      where: at([...issue.path, key]),
      found: "not a known key",
      needed: `one of ${knownKeys(schema, issue.path).join(", ")}`,
      fix: "Correct or remove it.",
    }));
  const found = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    raw,
  );
  return [{ where: at(issue.path), found: describe(found), needed: needOf(issue) }];
}

function knownKeys(whole: z.ZodObject, path: PropertyKey[]): string[] {
  const place = path.reduce<unknown>((schema, key) => {
    const inside = unwrapped(schema);
    if (inside instanceof z.ZodArray) return inside.element;
    return inside instanceof z.ZodObject ? (inside.shape as Record<PropertyKey, unknown>)[key] : inside;
  }, whole);
  const inside = unwrapped(place);
  return inside instanceof z.ZodObject ? Object.keys(inside.shape as object) : [];
}

const unwrapped = (schema: unknown): unknown => (schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema);

function needOf(issue: Issue): string {
  if (issue.code === "invalid_value") return `one of ${issue.values.join(", ")}`;
  if (issue.code === "invalid_type") return `${/^[aeio]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
  return issue.message;
}

/** A value's kind and, where it is short and plain, the value; long texts could be secrets. */
function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return value.length <= 40 ? `"${value}"` : `a text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Names that point at nothing are faults of the config, not of the cluster it would fail on. */
function checkReferences(config: PlatformConfig, file: string): PlatformConfig {
  const namespaces = config.namespaces.map(one => one.name);
  const services = config.services.map(one => one.name);
  const faults: Fault[] = [];
  for (const [index, one] of config.services.entries()) {
    const at = `${file}: greenlight:services[${index}]`;
    if (!namespaces.includes(one.namespace))
      faults.push({
        where: `${at}.namespace`,
        found: `"${one.namespace}"`,
        needed: `one of the namespaces ${namespaces.join(", ")}`,
      });
    for (const other of [...(one.callers ?? []), ...(one.calls ?? []).map(call => call.name)])
      if (!services.includes(other))
        faults.push({
          where: at,
          found: `in touch with "${other}"`,
          needed: `one of the services ${services.join(", ")}`,
        });
  }
  const stores = { postgres: config.postgres, redis: config.redis, objectStore: config.objectStore };
  for (const [key, store] of Object.entries(stores).filter(([, one]) => one !== undefined)) {
    const at = `${file}: greenlight:${key}`;
    if (!namespaces.includes(store!.namespace))
      faults.push({
        where: `${at}.namespace`,
        found: `"${store!.namespace}"`,
        needed: `one of the namespaces ${namespaces.join(", ")}`,
      });
    for (const client of store!.clients ?? [])
      if (!config.services.some(one => `${one.namespace}/${one.name}` === client))
        faults.push({ where: `${at}.clients`, found: `"${client}"`, needed: "a service, as namespace/name" });
    if (!config.backup)
      faults.push({
        where: at,
        found: "without greenlight:backup",
        needed: "a backup plan for what keeps data",
        fix: "Give greenlight:backup with a target bucket.",
      });
  }
  for (const [what, names] of Object.entries({ namespaces, services }))
    for (const twice of names.filter((one, index) => names.indexOf(one) !== index))
      faults.push({
        where: `${file}: greenlight:${what}`,
        found: `holding "${twice}" twice`,
        needed: "each name once",
      });
  if (faults.length > 0) throw new UserError(faults);
  return config;
}
