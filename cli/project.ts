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

export const hasProject = (dir: string): boolean =>
  fs.existsSync(path.join(dir, "Pulumi.yaml")) || programWithout(dir) !== undefined;

/** A TypeScript program without a Pulumi.yaml, as the automation API runs them: told by its package and its entry. */
function programWithout(dir: string): { name: string; entry: string } | undefined {
  try {
    const found = JSON.parse(fs.readFileSync(path.join(dir, "package.json"), "utf8")) as {
      name?: string;
      main?: string;
      dependencies?: object;
      devDependencies?: object;
    };
    if (!("@pulumi/pulumi" in { ...found.dependencies, ...found.devDependencies })) return undefined;
    const entry = [found.main, "index.ts", "src/index.ts", "index.js"].find(
      one => one !== undefined && fs.existsSync(path.join(dir, one)),
    );
    return entry === undefined
      ? undefined
      : { name: (found.name ?? path.basename(dir)).replace(/^@[^/]*\//, ""), entry };
  } catch {
    return undefined;
  }
}

/** Reads the project in a folder. */
export function readProject(dir: string): Project {
  const file = path.join(dir, "Pulumi.yaml");
  const bare = fs.existsSync(file) ? undefined : programWithout(dir);
  if (bare) return { dir, name: bare.name, program: path.resolve(dir, bare.entry), stackDir: dir };
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
