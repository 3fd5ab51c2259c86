import { spawn } from "node:child_process";
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
    child.on("error", error =>
      reject(fail(program, `not startable (${error.message})`, "a program", undefined, exitCodes.engineFailed)),
    );
    child.on("close", (code, signal) => {
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
