import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { run } from "../process";
import { entryDir, exclusively, inspectEntry, seal } from "./cache";
import { goBuildPart, hasGo } from "./go-build";
import type { Part, PartName } from "./pins";
import { parts } from "./pins";
import { compareVersions, hostPlatform } from "./platform";
import { download } from "./vendor";

/** A part that is ready: the folder of its programs and how it got there. */
export interface Ready {
  name: PartName;
  version: string;
  dir: string;
  source: string;
}

export type Report = (part: string, text: string) => void;

/**
 * Makes one part ready: from PATH, else the cache, else the vendor, else a build from pinned Go modules.
 * Two processes that want the same part wait for each other; a broken or unfinished entry is made again.
 */
export async function ensurePart(part: Part, report: (text: string) => void): Promise<Ready> {
  const ready = (dir: string, source: string): Ready => ({
    name: part.name as PartName,
    version: part.version,
    dir,
    source,
  });
  const onPath = await findOnPath(part);
  if (onPath) return ready(onPath.dir, `PATH (${onPath.version})`);
  const dir = entryDir(part);
  const cached = inspectEntry(dir);
  if (cached.source) return ready(dir, cached.source);
  return exclusively(
    dir,
    () => report("another greenlight is making it; waiting"),
    async () => {
      const { source, fault } = inspectEntry(dir);
      if (source) return ready(dir, source);
      if (fault !== "absent") report(`the cached copy is unusable (${fault}); making it again`);
      fs.rmSync(dir, { recursive: true, force: true });
      fs.mkdirSync(dir, { recursive: true });
      const made = await make(part, dir, report);
      seal(dir, made);
      return ready(dir, made);
    },
  );
}

async function make(part: Part, dir: string, report: (text: string) => void): Promise<string> {
  const published = part.vendor?.(hostPlatform());
  if (published && (await download(published, dir, report))) return "vendor download";
  if (!(await hasGo()))
    throw fail(
      `${part.name} ${part.version}`,
      `on no PATH, in no cache, and ${published ? "its maker's site did not answer" : "not published with checksums"}; there is no go to build it with`,
      "one of the three",
      "Install Go 1.26 or newer, or put the programs on PATH.",
      exitCodes.engineFailed,
    );
  await goBuildPart(part, dir, report);
  return "built from Go modules";
}

async function findOnPath(part: Part): Promise<{ dir: string; version: string } | undefined> {
  if (!part.onPath || process.env.GREENLIGHT_IGNORE_PATH) return undefined;
  const dir = (process.env.PATH ?? "")
    .split(path.delimiter)
    .find(folder => folder && part.programs.every(program => isExecutable(path.join(folder, program))));
  if (!dir) return undefined;
  const asked = await run(path.join(dir, part.programs[0]!), part.onPath.args, { timeoutMs: 10_000 });
  const version = /\d+\.\d+\.\d+/.exec(asked.stdout)?.[0];
  if (asked.code !== 0 || !version) return undefined;
  const fits = compareVersions(version, part.onPath.atLeast) >= 0 && compareVersions(version, part.onPath.below) < 0;
  return fits ? { dir, version } : undefined;
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

export const partNamed = (name: PartName): Part => parts.find(part => part.name === name)!;
