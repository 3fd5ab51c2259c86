import * as fs from "node:fs";
import * as path from "node:path";
import { deadProcesses, outdatedParts, runningParts, status } from "../../local/control-plane";
import { listOrphans } from "../../local/process";
import { deadLocks } from "../../local/recovery";
import { stateFiles } from "../../local/state";
import { cacheDir, entryDir, inspectEntry } from "../../local/toolchain/cache";
import { hasGo } from "../../local/toolchain/go-build";
import { partNamed } from "../../local/toolchain/ensure";
import { parts } from "../../local/toolchain/pins";
import { policiesDir } from "../../local/environment";
import { sha256 } from "../../model/canonical";
import { readJson } from "../../policies/engine/seal";
import type { PackLock } from "../../policies/guard";
import { exitCodes } from "../../model/outcome";
import { printJson } from "../output";

/** One thing that was looked at. */
interface Diagnosis {
  what: string;
  ok: boolean;
  found: string;
  fix?: string;
}

/** Free space that a first build wants, in bytes. */
const wantedBytes = 8 * 2 ** 30;

/** `greenlight doctor`: what is there, what is wrong, and what to do about it. Changes nothing. */
export async function doctor(options: { json?: boolean }): Promise<number> {
  const all: Diagnosis[] = [
    { what: "node", ok: true, found: process.versions.node },
    await goDiagnosis(),
    spaceDiagnosis(),
    stateSpaceDiagnosis(),
    ...parts.map(part => {
      const { source, fault } = inspectEntry(entryDir(part), true);
      const found = source ? `cached, ${source}` : `not cached (${fault})`;
      const isBroken = fault !== undefined && fault !== "absent";
      return {
        what: `${part.name} ${part.version}`,
        ok: !isBroken,
        found,
        ...(isBroken ? { fix: "`npm run up` makes it again." } : {}),
      };
    }),
    packDiagnosis(),
    await controlPlaneDiagnosis(),
    versionsDiagnosis(),
    leftOversDiagnosis(),
  ];
  const sick = all.filter(one => !one.ok);
  if (options.json) printJson({ healthy: sick.length === 0, checks: all });
  else {
    console.log(sick.length === 0 ? "healthy" : `${sick.length} of ${all.length} checks need attention`);
    for (const { what, ok, found, fix } of all)
      console.log(`${ok ? "ok  " : "SICK"} ${what}: ${found}${fix ? ` ${fix}` : ""}`);
    console.log(`next: ${sick.length === 0 ? "`npm run up`" : "do what is named above"}`);
  }
  return sick.length === 0 ? 0 : exitCodes.engineFailed;
}

async function goDiagnosis(): Promise<Diagnosis> {
  if (await hasGo()) return { what: "go", ok: true, found: "on PATH" };
  const needed = parts.some(part => inspectEntry(entryDir(part)).fault);
  return {
    what: "go",
    ok: !needed,
    found: "not on PATH",
    ...(needed ? { fix: "Install Go 1.26 or newer, unless the vendors' sites answer here." } : {}),
  };
}

/** Free space where a folder is, or will be made. */
function freeBytes(dir: string): number {
  if (!fs.existsSync(dir)) return freeBytes(path.dirname(dir));
  const { bavail, bsize } = fs.statfsSync(dir);
  return bavail * bsize;
}

function spaceDiagnosis(): Diagnosis {
  const free = freeBytes(cacheDir());
  const ok = free > wantedBytes || parts.every(part => inspectEntry(entryDir(part)).source);
  return {
    what: "disk",
    ok,
    found: `${Math.floor(free / 2 ** 30)} GiB free for the cache`,
    ...(ok ? {} : { fix: "Free 8 GiB, or set GREENLIGHT_CACHE to a roomier place." }),
  };
}

/** What the state, its logs and a database of a few thousand objects want, in bytes. */
const wantedStateBytes = 2 ** 30;

function stateSpaceDiagnosis(): Diagnosis {
  const free = freeBytes(stateFiles().dir);
  const ok = free > wantedStateBytes;
  return {
    what: "room for the local stack",
    ok,
    found: `${(free / 2 ** 30).toFixed(1)} GiB free`,
    ...(ok ? {} : { fix: "Free 1 GiB, or set GREENLIGHT_STATE to a roomier place; what is there stays as it is." }),
  };
}

/** A control plane of another checkout's or an older version's pins. */
function versionsDiagnosis(): Diagnosis {
  const pinned = Object.fromEntries(
    (["etcd", "kwok", "kubernetes", "crds"] as const)
      .map(name => partNamed(name))
      .filter(part => inspectEntry(entryDir(part)).source)
      .map(part => [part.name, entryDir(part)]),
  );
  const fromCache = Object.entries(runningParts() ?? {}).filter(([, dir]) => dir.startsWith(cacheDir()));
  const outdated = outdatedParts(pinned).filter(name => fromCache.some(([one]) => one === name));
  return {
    what: "versions of the control plane",
    ok: outdated.length === 0,
    found: outdated.length === 0 ? "as pinned" : `${outdated.join(", ")} not as pinned`,
    ...(outdated.length === 0 ? {} : { fix: "`npm run up` upgrades it; what it holds stays." }),
  };
}

/** What a killed run left: processes nobody waits for, locks nobody holds. */
function leftOversDiagnosis(): Diagnosis {
  const { dir, backend } = stateFiles();
  const left = [...listOrphans(dir), ...deadLocks(backend).map(lock => `a lock ${lock}`)];
  return {
    what: "left-overs of killed runs",
    ok: left.length === 0,
    found: left.join(", ") || "none",
    ...(left.length === 0 ? {} : { fix: "`npm run up` clears them away and goes on where the run stopped." }),
  };
}

function packDiagnosis(): Diagnosis {
  const lock = readJson<PackLock>(`${policiesDir}/pack.lock`);
  const bundle = `${policiesDir}/bin/index.js`;
  const found = fs.existsSync(bundle) ? sha256(fs.readFileSync(bundle)) : "missing";
  const ok = found === lock?.bundle;
  return {
    what: "policy pack",
    ok,
    found: `bundle ${found.slice(0, 12)}`,
    ...(ok
      ? {}
      : {
          fix: `pack.lock says ${lock?.bundle.slice(0, 12) ?? "nothing"}: \`npm run build\`, or \`npm run fix\` after a change of rules.`,
        }),
  };
}

async function controlPlaneDiagnosis(): Promise<Diagnosis> {
  const state = await status();
  const dead = deadProcesses();
  const silent = dead.length > 0 ? `${dead.join(", ")} died` : "does not answer";
  const found = { absent: "not started", answers: "answers", silent }[state];
  const fix =
    state === "silent" ? { fix: `\`npm run up\` restarts it; \`npm run down\` removes ${stateFiles().dir}.` } : {};
  return { what: "local control plane", ok: state !== "silent", found, ...fix };
}
