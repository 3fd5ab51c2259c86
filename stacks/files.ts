import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import type { z } from "zod";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import { parseYamlStrictly } from "../model/strict";

/** Names of the stacks that have a config file in a project's stack folder. */
export function stackNames(dir: string): string[] {
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir)
    .flatMap(file => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The config map of a stack's file as it stands there: `project:key` to value. */
export function readStackFile(
  dir: string,
  stack: string,
): { file: string; config: Record<string, unknown>; encrypted: boolean } {
  const file = path.join(dir, `Pulumi.${stack}.yaml`);
  if (!stackNames(dir).includes(stack))
    throw fail(
      `stack ${stack}`,
      "unknown",
      `one of ${stackNames(dir).join(", ") || "(none)"}`,
      `Stacks are the files ${path.join(dir, "Pulumi.<name>.yaml")}.`,
      exitCodes.usage,
    );
  let parsed: { config?: Record<string, unknown>; encryptionsalt?: string } | null;
  try {
    parsed = parse(fs.readFileSync(file, "utf8"), { maxAliasCount: 100 }) as typeof parsed;
  } catch (error) {
    throw fail(file, `not readable as YAML (${(error as Error).message.split("\n")[0]})`, "YAML");
  }
  return { file, config: parsed?.config ?? {}, encrypted: parsed?.encryptionsalt !== undefined };
}

/** A project's own keys of a stack's config, without their prefix. */
export const ownConfig = (config: Record<string, unknown>, project: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(`${project}:`))
      .map(([key, value]) => [key.slice(project.length + 1), value]),
  );

/**
 * Reads a file of YAML and holds it to a schema.
 * @param named how the file is called in messages
 */
export function readStrictly<Schema extends z.ZodObject>(schema: Schema, file: string, named = file): z.infer<Schema> {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    throw fail(named, `unreadable (${(error as NodeJS.ErrnoException).code})`, "a file of YAML");
  }
  return parseYamlStrictly(schema, text, named);
}
