import type { ChildProcess } from "node:child_process";
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
      stdio: ["ignore", "pipe", "pipe"],
      signal: options.signal,
    });
    live.add(child);
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
    return !/^\d+ \(.*\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

/**
 * Ends plugins of an engine that was killed: the engine starts them in process groups of their own, so they outlive it.
 * Only those that run on behalf of `state` and whose engine is gone; where the system has no /proc, none are found.
 */
export function endOrphans(state: string): void {
  if (!fs.existsSync("/proc")) return;
  const parents = new Map<number, number>();
  for (const name of fs.readdirSync("/proc").filter(one => /^\d+$/.test(one))) {
    try {
      const parent = /^\d+ \(.*\) \S (\d+)/.exec(fs.readFileSync(`/proc/${name}/stat`, "utf8"))?.[1];
      const line = fs.readFileSync(`/proc/${name}/cmdline`, "utf8");
      const env = fs.readFileSync(`/proc/${name}/environ`, "utf8").split("\0");
      const isPlugin = /pulumi-(analyzer|language|resource)|run-policy-pack|@pulumi\/pulumi\/cmd\/run/.test(line);
      if (isPlugin && env.includes(`GREENLIGHT_STATE=${state}`)) parents.set(Number(name), Number(parent));
    } catch {
      // It ended while we looked.
    }
  }
  // A plugin's parent is the engine or another plugin; one whose parent is anything else was left behind.
  const isOrphan = (pid: number): boolean => {
    const parent = parents.get(pid)!;
    return parents.has(parent) ? isOrphan(parent) : nameOf(parent) !== "pulumi";
  };
  for (const pid of [...parents.keys()].filter(isOrphan)) tryKill(pid);
}

function nameOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended while we looked.
  }
}
