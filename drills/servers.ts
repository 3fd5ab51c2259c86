import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";

/** What a program came to that was run to its end. */
export interface Done {
  code: number;
  stdout: string;
  stderr: string;
}

/** A server that runs as a process of this machine. */
export interface Server {
  name: string;
  pid: number;
  /** Where its output goes. */
  log: string;
  /** Resolves with its exit code when it has ended. */
  ended: Promise<number>;
  isRunning: () => boolean;
  signal: (signal: NodeJS.Signals) => void;
  /** Asks it to stop and waits; kills it when it does not. */
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

export interface StartOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** How it is asked to stop. @default "SIGTERM" */
  stopSignal?: NodeJS.Signals;
}

/** Marks every process a drill starts, so that none is left behind. */
const mark = "GREENLIGHT_DRILL";

/** All processes of one drill: whatever happens, `stopAll` leaves none behind. */
export class Servers {
  #live = new Set<Server>();

  /**
   * @param dir the drill's folder, which also marks its processes
   * @param graceMs how long a server may take to stop when asked
   */
  constructor(
    readonly dir: string,
    readonly graceMs = 10_000,
  ) {
    fs.mkdirSync(path.join(dir, "logs"), { recursive: true });
  }

  #env = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ ...process.env, ...env, [mark]: this.dir });

  start(name: string, program: string, args: string[], options: StartOptions = {}): Server {
    const log = path.join(this.dir, "logs", `${name}.log`);
    const out = fs.openSync(log, "a");
    const child = spawn(program, args, {
      cwd: options.cwd ?? this.dir,
      env: this.#env(options.env),
      stdio: ["ignore", out, out],
      detached: true,
    });
    fs.closeSync(out);
    const server = this.#track(name, child, log, options.stopSignal ?? "SIGTERM");
    this.#live.add(server);
    return server;
  }

  #track(name: string, child: ChildProcess, log: string, stopSignal: NodeJS.Signals): Server {
    let isRunning = true;
    const ended = new Promise<number>(resolve => {
      child.once("error", error => {
        isRunning = false;
        fs.appendFileSync(log, `not startable: ${error.message}\n`);
        resolve(-1);
      });
      child.once("exit", code => {
        isRunning = false;
        resolve(code ?? -1);
      });
    });
    const server: Server = {
      ...{ name, pid: child.pid ?? -1, log, ended },
      isRunning: () => isRunning,
      signal: signal => void child.kill(signal),
      stop: async (signal = stopSignal) => {
        this.#live.delete(server);
        if (!isRunning) return;
        // One that was frozen hears nothing until it goes on.
        child.kill("SIGCONT");
        child.kill(signal);
        const late = setTimeout(() => child.kill("SIGKILL"), this.graceMs);
        await ended;
        clearTimeout(late);
      },
    };
    return server;
  }

  /** Runs a program to its end. */
  run(
    program: string,
    args: string[],
    options: StartOptions & { input?: string; timeoutMs?: number } = {},
  ): Promise<Done> {
    return new Promise(resolve => {
      const child = spawn(program, args, {
        cwd: options.cwd ?? this.dir,
        env: this.#env(options.env),
        stdio: ["pipe", "pipe", "pipe"],
      });
      const done: Done = { code: -1, stdout: "", stderr: "" };
      const late = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 120_000);
      child.stdout.setEncoding("utf8").on("data", (text: string) => (done.stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (done.stderr += text));
      child.stdin.on("error", () => undefined);
      child.stdin.end(options.input ?? "");
      child.once("error", error => {
        clearTimeout(late);
        resolve({ ...done, stderr: error.message });
      });
      child.once("close", code => {
        clearTimeout(late);
        resolve({ ...done, code: code ?? -1 });
      });
    });
  }

  /** Ends everything, asked first and killed then, also what the servers themselves started. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#live].map(server => server.stop()));
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const left = marked(this.dir);
      if (left.length === 0) return;
      for (const pid of left) tryKill(pid, signal);
      for (const end = Date.now() + 3_000; marked(this.dir).length > 0 && Date.now() < end;) await pause(50);
    }
  }
}

/**
 * Processes that a drill in this folder started and that still run: by their environment, or by the folder they work in, for a server that
 * goes into the background may write its title over the first. Where the system has no /proc, none are found.
 */
export function marked(dir: string): number[] {
  if (!fs.existsSync("/proc")) return [];
  const isOfIt = (read: () => boolean): boolean => {
    try {
      return read();
    } catch {
      // It ended while we looked.
      return false;
    }
  };
  return fs
    .readdirSync("/proc")
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(
      name =>
        isOfIt(() => fs.readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(`${mark}=${dir}`)) ||
        isOfIt(() => `${fs.readlinkSync(`/proc/${name}/cwd`)}/`.startsWith(`${dir}/`)),
    )
    .map(Number);
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended while we looked.
  }
}

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Waits until something is so, asking again and again; false when the time is over. */
export async function until(
  isSo: () => Promise<boolean> | boolean,
  timeoutMs: number,
  everyMs = 100,
): Promise<boolean> {
  for (const end = Date.now() + timeoutMs; ; await pause(everyMs)) {
    if (await isSo()) return true;
    if (Date.now() > end) return false;
  }
}

/** A port that is free on an address now. */
export function freePort(host = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Whether somebody answers there. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect({ host, port });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(500, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
