import * as fs from "node:fs";
import * as path from "node:path";
import { globSync } from "tinyglobby";
import { sha256 } from "../model/canonical";
import type { Ran } from "./command";
import { runCommand } from "./command";
import type { Build } from "./settings";
import { insideOf } from "./settings";

/** A file that a build left. */
export interface Artefact {
  /** From the top of the repository. */
  path: string;
  bytes: number;
  sha256: string;
}

/** One named build and what it came to (S-059 to S-063). */
export interface Built {
  name: string;
  command: string;
  folder: string;
  /** Names only: values of the environment are nobody's business. */
  environment: string[];
  success: boolean;
  /** Why it did not, in a sentence. */
  problem?: string;
  code: number;
  seconds: number;
  artefacts: Artefact[];
  /** Built twice, the same; absent where nobody asked. */
  reproducible?: boolean;
  /** Artefacts that were not the same. */
  differing?: string[];
  /** The last of what it said; of a build that failed only. */
  said?: string[];
}

/** All builds of a repository, as S-061 sums them up. */
export interface BuildReport {
  schema: "greenlight.builds/1";
  commit?: string;
  started: string;
  ended: string;
  builds: Built[];
  summary: { total: number; ok: number; failed: number; seconds: number; passRate: number; status: "PASS" | "FAIL" };
  /** Kinds of artefacts, how many, how large (S-062). */
  census: Record<string, { files: number; bytes: number }>;
}

export interface BuildOptions {
  repository: string;
  commit?: string | undefined;
  now: () => number;
  say?: (text: string) => void;
  signal?: AbortSignal;
}

/** Runs every build in its order. One that fails fails the report; the others run all the same, so that all is known at once. */
export async function runBuilds(builds: readonly Build[], options: BuildOptions): Promise<BuildReport> {
  const started = new Date(options.now()).toISOString();
  const done: Built[] = [];
  for (const one of builds) {
    options.say?.(one.name);
    done.push(await build(one, options));
  }
  const ok = done.filter(one => one.success).length;
  const census: BuildReport["census"] = {};
  for (const artefact of new Map(done.flatMap(one => one.artefacts).map(one => [one.path, one])).values()) {
    const kind = path.extname(artefact.path) || path.basename(artefact.path);
    const count = (census[kind] ??= { files: 0, bytes: 0 });
    count.files++;
    count.bytes += artefact.bytes;
  }
  return {
    schema: "greenlight.builds/1",
    ...(options.commit === undefined ? {} : { commit: options.commit }),
    ...{ started, ended: new Date(options.now()).toISOString(), builds: done },
    summary: {
      ...{ total: done.length, ok, failed: done.length - ok },
      seconds: Math.round(done.reduce((sum, one) => sum + one.seconds, 0) * 1_000) / 1_000,
      passRate: done.length === 0 ? 0 : ok / done.length,
      status: done.length > 0 && ok === done.length ? "PASS" : "FAIL",
    },
    census,
  };
}

async function build(one: Build, { repository, say, signal }: BuildOptions): Promise<Built> {
  const folder = one.folder === undefined ? repository : insideOf(repository, one.folder, `builds.${one.name}.folder`);
  const aside = path.join(repository, ".greenlight", `artefacts-${process.pid}`);
  const environment = one.environment ?? {};
  const run = (): Promise<Ran> =>
    runCommand(one.command, {
      ...{ cwd: folder, environment },
      ...(one.minutes === undefined ? {} : { minutes: one.minutes }),
      ...(say ? { say } : {}),
      ...(signal ? { signal } : {}),
    });
  // What an earlier build left must not be taken for what this one makes; it comes back if this one fails.
  const moved = moveAside(repository, one.artefacts, aside);
  let keep = false;
  try {
    const first = await run();
    const artefacts = artefactsOf(repository, one.artefacts);
    const missing = one.artefacts.filter(pattern => globbed(repository, [pattern]).length === 0);
    const problem =
      first.code !== 0
        ? `it ended with code ${first.code}`
        : missing.length > 0
          ? `it left nothing at ${missing.join(", ")}`
          : undefined;
    const base = {
      ...{ name: one.name, command: one.command, folder: path.relative(repository, folder) || "." },
      environment: Object.keys(environment).sort(),
      ...{ code: first.code, seconds: first.seconds, artefacts },
    };
    if (problem !== undefined) return { ...base, success: false, problem, said: first.tail };
    keep = true;
    if (!one.reproducible) return { ...base, success: true };
    const again = path.join(aside, "first");
    moveAside(repository, one.artefacts, again);
    const second = await run();
    const differing = differences(artefacts, artefactsOf(repository, one.artefacts));
    const reproducible = second.code === 0 && differing.length === 0;
    return {
      ...base,
      seconds: Math.round((first.seconds + second.seconds) * 1_000) / 1_000,
      success: reproducible,
      reproducible,
      ...(reproducible
        ? {}
        : {
            differing,
            problem:
              second.code === 0
                ? `built again, ${differing.slice(0, 3).join(", ")} ${differing.length === 1 ? "is" : "are"} not the same`
                : `built again, it ended with code ${second.code}`,
          }),
    };
  } finally {
    if (!keep) for (const [from, to] of moved) putBack(to, from);
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

const globbed = (repository: string, patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: repository, dot: true, followSymbolicLinks: false, ignore: ["**/.git/**"] }).sort();

function artefactsOf(repository: string, patterns: readonly string[]): Artefact[] {
  return globbed(repository, patterns).map(file => {
    const bytes = fs.readFileSync(path.join(repository, file));
    return { path: file, bytes: bytes.length, sha256: sha256(bytes) };
  });
}

function moveAside(repository: string, patterns: readonly string[], aside: string): [from: string, to: string][] {
  return globbed(repository, patterns).map((file): [string, string] => {
    const [from, to] = [path.join(repository, file), path.join(aside, file)];
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.renameSync(from, to);
    return [from, to];
  });
}

function putBack(from: string, to: string): void {
  if (fs.existsSync(to)) return;
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.renameSync(from, to);
}

/** Artefacts of two builds that are not the same, or that only one of them left. */
function differences(first: readonly Artefact[], second: readonly Artefact[]): string[] {
  const other = new Map(second.map(one => [one.path, one.sha256]));
  return [
    ...first.filter(one => other.get(one.path) !== one.sha256).map(one => one.path),
    ...second.filter(one => !first.some(each => each.path === one.path)).map(one => one.path),
  ].sort();
}
