import { parse } from "yaml";
import { z } from "zod";
import type { Fault } from "./faults";
import { fail, UserError } from "./faults";

/**
 * Checks a value strictly: every fault at once, each with its place. Throws a UserError.
 * @param at what a path below the value is called in messages
 */
export function parseStrictly<Schema extends z.ZodObject>(
  schema: Schema,
  raw: unknown,
  at: (path: PropertyKey[]) => string,
): z.infer<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new UserError(parsed.error.issues.flatMap(issue => faultsOf(issue, schema, raw, at)));
}

/** A path as people write it: `services[0].name`. */
export const pathText = (path: PropertyKey[]): string =>
  path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i ? "." : ""}${String(key)}`)).join("");

type Issue = z.core.$ZodIssue;

function faultsOf(issue: Issue, schema: z.ZodObject, raw: unknown, at: (path: PropertyKey[]) => string): Fault[] {
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

/**
 * Reads a text of YAML and holds it to a schema; every fault names the file and the place in it.
 * @param named how the file is called in messages
 */
export function parseYamlStrictly<Schema extends z.ZodObject>(
  schema: Schema,
  text: string,
  named: string,
): z.infer<Schema> {
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw fail(named, `not readable as YAML (${(error as Error).message.split("\n")[0]})`, "YAML");
  }
  return parseStrictly(schema, raw, at => `${named}: ${pathText(at) || "(top)"}`);
}
