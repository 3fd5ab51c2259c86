import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** What a command came to. */
export interface Ran {
  code: number;
  seconds: number;
  stdout: string;
  /** The last lines of what it said on either stream. */
  tail: string[];
}

export interface CommandOptions {
  cwd: string;
  environment?: Readonly<Record<string, string>>;
  minutes?: number;
  say?: (text: string) => void;
  signal?: AbortSignal;
}

const kept = 8 * 1024 * 1024;

/** Runs a line by `sh -e`. A command that fails is a result, not an error. */
export function runCommand(command: string, options: CommandOptions): Promise<Ran> {
  return new Promise(resolve => {
    const from = performance.now();
    const child = spawn("sh", ["-e", "-c", command], {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      // Its own group: whatever it started ends with it.
      detached: true,
    });
    let stdout = "";
    const tail: string[] = [];
    const end = (): void => {
      try {
        process.kill(-child.pid!, "SIGKILL");
      } catch {
        // It is gone already.
      }
    };
    const timer = setTimeout(
      () => {
        tail.push(`ended after ${options.minutes ?? 30} min`);
        end();
      },
      (options.minutes ?? 30) * 60_000,
    );
    options.signal?.addEventListener("abort", end);
    for (const stream of ["stdout", "stderr"] as const) {
      let rest = "";
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        if (stream === "stdout" && stdout.length < kept) stdout += text;
        const lines = (rest + text).split("\n");
        rest = lines.pop()!.slice(-4_096);
        for (const line of lines) {
          tail.push(line.slice(0, 400));
          if (tail.length > 40) tail.shift();
          options.say?.(line);
        }
      });
      child[stream].on("end", () => void (rest && tail.push(rest.slice(0, 400))));
    }
    const finish = (code: number): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", end);
      resolve({ code, seconds: Math.round(performance.now() - from) / 1_000, stdout, tail });
    };
    child.on("error", error => {
      tail.push(error.message);
      finish(127);
    });
    child.on("close", code => finish(code ?? 128));
  });
}

/** Writes a file so that it is there whole or not at all. */
export function writeWhole(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  fs.writeFileSync(beside, text);
  fs.renameSync(beside, file);
}
