import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { temporary } from "./local-stack";

/** Whether a program is on PATH. Where it is not, what needs it is left out, and the run says so. */
export const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

/** Runs a checker over files written to a folder of its own. Gives its exit code and all it said. */
export function checkFiles(
  program: string,
  args: string[],
  files: Record<string, string>,
): { code: number; said: string } {
  const dir = temporary();
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(dir, name), text);
  const done = spawnSync(program, args, { cwd: dir, encoding: "utf8" });
  fs.rmSync(dir, { recursive: true });
  return { code: done.status ?? 1, said: `${done.stdout}${done.stderr}` };
}
