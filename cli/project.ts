import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { fail } from "../model/faults";

/** What a Pulumi.yaml says about where things are. */
export interface Project {
  dir: string;
  name: string;
  /** The program: a file or folder that node can load. */
  program: string;
  stackDir: string;
}

export const hasProject = (dir: string): boolean => fs.existsSync(path.join(dir, "Pulumi.yaml"));

/** Reads the project in a folder. */
export function readProject(dir: string): Project {
  const file = path.join(dir, "Pulumi.yaml");
  let raw: { name?: unknown; main?: unknown; stackConfigDir?: unknown; config?: unknown; runtime?: unknown } | null;
  try {
    raw = parse(fs.readFileSync(file, "utf8")) as typeof raw;
  } catch (error) {
    throw fail(file, `unreadable (${(error as Error).message.split("\n")[0]})`, "a Pulumi project file");
  }
  if (typeof raw?.name !== "string") throw fail(`${file}: name`, "missing", "the project's name");
  const runtime =
    typeof raw.runtime === "object" && raw.runtime ? (raw.runtime as { name?: unknown }).name : raw.runtime;
  if (runtime !== "nodejs")
    throw fail(
      `${file}: runtime`,
      String(runtime ?? "missing"),
      "nodejs",
      "Other languages can be judged by `greenlight preview`.",
    );
  const folder = raw.stackConfigDir ?? (typeof raw.config === "string" ? raw.config : undefined);
  return {
    dir,
    name: raw.name,
    program: path.resolve(dir, typeof raw.main === "string" ? raw.main : "."),
    stackDir: path.resolve(dir, typeof folder === "string" ? folder : "."),
  };
}
