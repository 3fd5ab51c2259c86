import * as fs from "node:fs";
import { deadProcesses, status } from "../../local/control-plane";
import { stateFiles } from "../../local/state";
import { cacheDir, entryDir, inspectEntry } from "../../local/toolchain/cache";
import { hasGo } from "../../local/toolchain/go-build";
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

function spaceDiagnosis(): Diagnosis {
  let dir = cacheDir();
  while (!fs.existsSync(dir)) dir = dir.slice(0, dir.lastIndexOf("/")) || "/";
  const { bavail, bsize } = fs.statfsSync(dir);
  const free = bavail * bsize;
  const ok = free > wantedBytes || parts.every(part => inspectEntry(entryDir(part)).source);
  return {
    what: "disk",
    ok,
    found: `${Math.floor(free / 2 ** 30)} GiB free for the cache`,
    ...(ok ? {} : { fix: "Free 8 GiB, or set GREENLIGHT_CACHE to a roomier place." }),
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
