import * as fs from "node:fs";
import * as path from "node:path";
import { sha256 } from "../../model/canonical";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { run } from "../process";
import { root } from "../state";
import { cacheDir, exclusively } from "./cache";

/** Programs that are Python packages; their pins lie in `python/<name>.txt`. */
export interface PythonPart {
  name: string;
  what: string;
  /** What is looked for on PATH; packages that are no program are always installed. */
  program?: string;
  debian: string;
}
/** Folder of a part's programs: on PATH, else a virtual environment of pinned packages in the cache. */
export async function ensurePython(
  { name, what, program, debian }: PythonPart,
  say: (text: string) => void,
): Promise<string> {
  const onPath = program === undefined ? undefined : folderOf(program);
  if (onPath && program && (await run(path.join(onPath, program), ["--version"])).code === 0) return onPath;
  const pinsFile = path.join(root, "local", "toolchain", "python", `${name}.txt`);
  const pins = fs.readFileSync(pinsFile, "utf8");
  const dir = path.join(cacheDir(), "toolchain", `${name}-${sha256(pins).slice(0, 12)}`);
  const done = path.join(dir, "complete");
  if (fs.existsSync(done)) return path.join(dir, "bin");
  return exclusively(
    dir,
    () => say("another greenlight is making it; waiting"),
    async () => {
      if (fs.existsSync(done)) return path.join(dir, "bin");
      fs.rmSync(dir, { recursive: true, force: true });
      const python = folderOf("python3");
      if (!python) throw missing(what, "on no PATH, and there is no python3 to install it with", debian);
      say(`installing ${name} from pinned packages`);
      const steps: [string, string[]][] = [
        [path.join(python, "python3"), ["-m", "venv", dir]],
        [path.join(dir, "bin", "pip"), ["install", "--quiet", "--require-hashes", "--requirement", pinsFile]],
      ];
      for (const [command, args] of steps) {
        const { code, stderr } = await run(command, args, { timeoutMs: 300_000 });
        if (code !== 0) throw missing(what, `not installable (${stderr.trim().split("\n").at(-1)})`, debian);
      }
      fs.writeFileSync(done, "");
      return path.join(dir, "bin");
    },
  );
}

export const missing = (what: string, found: string, debian: string) =>
  fail(what, found, "it", `On Debian: apt-get install ${debian}.`, exitCodes.engineFailed);

/** The first folder on PATH that holds all of them. */
export const folderOf = (...programs: string[]): string | undefined =>
  (process.env.PATH ?? "")
    .split(path.delimiter)
    .find(dir => dir && programs.every(program => fs.existsSync(path.join(dir, program))));
