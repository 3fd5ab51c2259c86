import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { lock } from "proper-lockfile";
import { sha256 } from "../../model/canonical";
import { root } from "../state";
import type { Part } from "./pins";

/** The per-user cache: `$GREENLIGHT_CACHE`, else `$XDG_CACHE_HOME/greenlight`, else `~/.cache/greenlight`. */
export function cacheDir(): string {
  return (
    process.env.GREENLIGHT_CACHE ??
    path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "greenlight")
  );
}

/** Where the go.mod and go.sum files of the pins are; next to this source, not in bin/. */
export const goPinsDir = path.join(root, "local", "toolchain", "go");

/** The cache entry of a part: its name says the version, its key every pin that goes into it. */
export function entryDir(part: Part): string {
  const pins = [...new Set(part.go.map(build => build.module))].flatMap(module =>
    ["go.mod", "go.sum"].map(file => fs.readFileSync(path.join(goPinsDir, module, file), "utf8")),
  );
  const key = sha256(JSON.stringify([part.programs, part.go, part.goFiles, process.platform, process.arch, pins]));
  return path.join(cacheDir(), "toolchain", `${part.name}-${part.version}-${key.slice(0, 12)}`);
}

interface Manifest {
  source: string;
  files: Record<string, { size: number; sha256: string }>;
}

const manifestName = "complete.json";

/** Lists what is in a finished entry; written last, so that an interrupted entry has none. */
export function seal(dir: string, source: string): void {
  const files: Manifest["files"] = {};
  for (const name of fs.readdirSync(dir)) {
    const data = fs.readFileSync(path.join(dir, name));
    files[name] = { size: data.length, sha256: sha256(data) };
  }
  fs.writeFileSync(path.join(dir, manifestName), JSON.stringify({ source, files } satisfies Manifest, null, 2));
}

/** Says what is wrong with an entry, or where it came from. `deep` reads every byte; else sizes must match. */
export function inspectEntry(dir: string, deep = false): { source?: string; fault?: string } {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(fs.readFileSync(path.join(dir, manifestName), "utf8")) as Manifest;
  } catch {
    return { fault: fs.existsSync(dir) ? "unfinished" : "absent" };
  }
  for (const [name, wanted] of Object.entries(manifest.files)) {
    const file = path.join(dir, name);
    const size = fs.statSync(file, { throwIfNoEntry: false })?.size;
    if (size !== wanted.size) return { fault: `${name} is ${size ?? "no"} bytes; need ${wanted.size}` };
    if (deep && sha256(fs.readFileSync(file)) !== wanted.sha256) return { fault: `${name} has another hash` };
  }
  return { source: manifest.source };
}

/** Runs `work` while no other process works on the same entry; `onWait` is told once when it has to wait. */
export async function exclusively<T>(dir: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  fs.mkdirSync(path.dirname(dir), { recursive: true });
  let waited = false;
  for (;;) {
    try {
      const release = await lock(dir, { realpath: false, stale: 15_000, update: 3_000, retries: 0 });
      try {
        return await work();
      } finally {
        await release();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
      if (!waited) onWait();
      waited = true;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
}
