import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { writeWhole } from "./command";

/** What a command of a step came to. */
export interface Finished {
  code: number;
  stdout: string;
  tail: string[];
}

/**
 * Runs a step's command so that it is run once, whatever happens to us: the shell itself notes how it ended, and goes on
 * when we are killed. Called again, it gives what was noted, waits for one that still runs, and starts it anew only if it
 * was ended itself before it could note anything; such a command must bear being run again.
 * @param dir a folder for this step alone
 */
export async function runOnce(
  dir: string,
  command: string,
  { cwd, environment }: { cwd: string; environment: Readonly<Record<string, string>> },
): Promise<Finished> {
  const receipt = path.join(dir, "code");
  const out = path.join(dir, "stdout");
  const errors = path.join(dir, "stderr");
  fs.mkdirSync(dir, { recursive: true });
  if (!fs.existsSync(receipt) && !isRunning(dir)) {
    const [stdout, stderr] = [out, errors].map(file => fs.openSync(file, "w")) as [number, number];
    try {
      const noting = `sh -e -c "$GREENLIGHT_COMMAND"; code=$?; printf %s "$code" > "$GREENLIGHT_RECEIPT.part"; mv "$GREENLIGHT_RECEIPT.part" "$GREENLIGHT_RECEIPT"`;
      const child = spawn("sh", ["-c", noting], {
        cwd,
        env: { ...process.env, ...environment, GREENLIGHT_COMMAND: command, GREENLIGHT_RECEIPT: receipt },
        stdio: ["ignore", stdout, stderr],
        // A group of its own: Ctrl-C at our terminal is not meant for it.
        detached: true,
      });
      if (child.pid !== undefined) writeWhole(path.join(dir, "process"), `${child.pid} ${startOf(child.pid)}`);
      child.on("error", () => writeWhole(receipt, "127"));
      child.unref();
    } finally {
      fs.closeSync(stdout);
      fs.closeSync(stderr);
    }
  }
  while (!fs.existsSync(receipt)) {
    if (!isRunning(dir)) {
      // It may have noted its end between our two looks.
      if (fs.existsSync(receipt)) break;
      return { code: 137, stdout: "", tail: ["it was ended from outside before it noted how it ended"] };
    }
    await pause(20);
  }
  const stdout = fs.readFileSync(out, "utf8");
  const tail = `${stdout}\n${fs.readFileSync(errors, "utf8")}`.split("\n").filter(Boolean).slice(-20);
  return { code: Number(fs.readFileSync(receipt, "utf8")), stdout, tail };
}

/** When a process was started, as the system counts it: an id alone may be another's by now. */
function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "?";
  } catch {
    // No /proc here: the id has to do.
    return "?";
  }
}

function isRunning(dir: string): boolean {
  const file = path.join(dir, "process");
  if (!fs.existsSync(file)) return false;
  const [pid, started] = fs.readFileSync(file, "utf8").split(" ");
  try {
    process.kill(Number(pid), 0);
  } catch {
    return false;
  }
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    if (stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z")) return false;
  } catch {
    // No /proc here.
  }
  return startOf(Number(pid)) === started;
}
