import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Called with every line of stdout and stderr as it comes. */
  onLine?: (line: string) => void;
  /** The process is ended after this many milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** What it reads; otherwise it is given nothing. */
  input?: string;
  /** Ends the process at once when it is aborted; what it had said is the result. */
  kill?: AbortSignal;
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Programs that are running now; an interrupted command ends them before it goes. */
const live = new Set<ChildProcess>();
/** How long an interrupted program may take to put its things in order, in milliseconds. */
const graceMs = 15_000;

/** Asks every running program to stop, and ends those that do not. */
export async function endChildren(): Promise<void> {
  const ended = [...live].map(child => new Promise<void>(resolve => child.once("close", () => resolve())));
  for (const child of live) child.kill("SIGINT");
  const late = setTimeout(() => live.forEach(child => child.kill("SIGKILL")), graceMs);
  await Promise.all(ended);
  clearTimeout(late);
}

/** The most of one stream that is kept in memory, in characters. */
const kept = 32 * 1024 * 1024;

/** Runs a program to its end. A program that cannot be started is an error; one that fails is a result. */
export function run(program: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      signal: options.signal,
    }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
    // A program that ends before it has read all is told by how it ends.
    child.stdin?.on("error", () => undefined).end(options.input);
    live.add(child);
    options.kill?.addEventListener("abort", () => child.kill("SIGKILL"));
    const result: RunResult = { code: -1, stdout: "", stderr: "" };
    let timer: NodeJS.Timeout | undefined;
    if (options.timeoutMs) timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs);
    for (const name of ["stdout", "stderr"] as const) {
      let rest = "";
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        if (result[name].length < kept) result[name] += chunk;
        if (!options.onLine) return;
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        lines.forEach(options.onLine);
      });
      child[name].on("end", () => rest && options.onLine?.(rest));
    }
    child.on("error", error => {
      live.delete(child);
      reject(fail(program, `not startable (${error.message})`, "a program", undefined, exitCodes.engineFailed));
    });
    child.on("close", (code, signal) => {
      live.delete(child);
      clearTimeout(timer);
      resolve({ ...result, code: code ?? (signal ? 128 : -1) });
    });
  });
}

/** Runs a program and gives its stdout; when it fails, the error holds the end of what it said. */
export async function capture(program: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) {
    const said = (stderr || stdout).trim().split("\n").slice(-12).join("\n");
    throw fail(
      `${program} ${args.slice(0, 2).join(" ")}`,
      `ended with code ${code}`,
      "0",
      `It said:\n${said}`,
      exitCodes.engineFailed,
    );
  }
  return stdout;
}

/** NODE_OPTIONS that load these files first, added to what is set. */
export const preloading = (...files: string[]): string =>
  [process.env.NODE_OPTIONS, ...files.map(file => `--require ${JSON.stringify(file)}`)].filter(Boolean).join(" ");

/** True when a process of this id runs; a zombie, which only waits to be collected, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    // The first thread may have ended while others still hold the process' files and ports.
    const hasEnded = /^\d+ \(.*\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
    return !hasEnded || fs.readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return true;
  }
}

/** How long the system may take to clear a killed process away, in milliseconds. */
const clearedMs = 10_000;

/**
 * Kills processes and waits until they are gone. A killed process holds its ports, and may finish a write, until the
 * system has cleared it away: whoever starts its successor at once finds "address already in use".
 */
export async function killAndWait(pids: readonly number[]): Promise<void> {
  for (const pid of pids) tryKill(pid, "SIGKILL");
  await ended(pids);
}

/** Waits until all of them are gone, up to ten seconds: what is ending still holds its ports. */
export async function ended(pids: readonly number[]): Promise<void> {
  for (const end = Date.now() + clearedMs; pids.some(isAlive) && Date.now() < end;)
    await new Promise(resolve => setTimeout(resolve, 20));
}

/** Set for every engine that `greenlight` starts: the process id of the command that waits for it. */
export const waiterVariable = "GREENLIGHT_WAITER";

/**
 * Ends what a killed command left running on behalf of `state`: an engine nobody waits for any more, which is first
 * asked to put its things in order, and plugins of an engine that is gone (they live in process groups of their own).
 * Where the system has no /proc, none are found. Says what it ended.
 */
export async function endOrphans(state: string): Promise<string[]> {
  const ended: string[] = [];
  for (const { pid } of processesOf(state).filter(isLeftEngine)) {
    tryKill(pid, "SIGINT");
    for (const end = Date.now() + graceMs; isAlive(pid) && Date.now() < end;)
      await new Promise(resolve => setTimeout(resolve, 50));
    await killAndWait([pid]);
    ended.push(`ended the engine (process ${pid}) that a killed run left`);
  }
  const orphans = orphanedPlugins(state);
  await killAndWait(orphans);
  if (orphans.length > 0) ended.push(`ended ${orphans.length} plugins whose engine is gone`);
  return ended;
}

/** What `endOrphans` would end, in words. */
export const listOrphans = (state: string): string[] => [
  ...processesOf(state)
    .filter(isLeftEngine)
    .map(({ pid }) => `engine ${pid}`),
  ...orphanedPlugins(state).map(pid => `plugin ${pid}`),
];

/** Plugins whose engine is gone. A plugin's parent is the engine or another plugin; any other was left behind. */
function orphanedPlugins(state: string): number[] {
  const plugins = new Map(
    processesOf(state)
      .filter(isPlugin)
      .map(one => [one.pid, one.parent]),
  );
  const isOrphan = (pid: number): boolean => {
    const parent = plugins.get(pid)!;
    return plugins.has(parent) ? isOrphan(parent) : nameOf(parent) !== "pulumi";
  };
  return [...plugins.keys()].filter(isOrphan);
}

/** A process that runs on behalf of a local stack. */
export interface StackProcess {
  pid: number;
  parent: number;
  /** Its command line, in one string. */
  line: string;
  env: string[];
}

const isPlugin = ({ line }: StackProcess) =>
  /pulumi-(analyzer|language|resource)|run-policy-pack|@pulumi\/pulumi\/cmd\/run/.test(line);

/** An engine that greenlight started, and nobody waits for. */
function isLeftEngine({ pid, env }: StackProcess): boolean {
  const waiter = env.find(one => one.startsWith(`${waiterVariable}=`))?.split("=")[1];
  return nameOf(pid) === "pulumi" && waiter !== undefined && !isAlive(Number(waiter));
}

/** What runs on behalf of the local stack in folder `state`: the engine, its plugins, and what they started. */
export function processesOf(state: string): StackProcess[] {
  if (!fs.existsSync("/proc")) return [];
  return fs
    .readdirSync("/proc")
    .filter(one => /^\d+$/.test(one))
    .flatMap(name => {
      try {
        const parent = /^\d+ \(.*\) \S (\d+)/.exec(fs.readFileSync(`/proc/${name}/stat`, "utf8"))?.[1];
        const line = fs.readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        const env = fs.readFileSync(`/proc/${name}/environ`, "utf8").split("\0");
        const ours = env.includes(`GREENLIGHT_STATE=${state}`);
        return ours ? [{ pid: Number(name), parent: Number(parent), line, env }] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

function nameOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended while we looked.
  }
}
