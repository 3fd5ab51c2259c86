import * as fs from "node:fs";
import * as path from "node:path";
import { stopControlPlane } from "../../local/control-plane";
import { stateFiles } from "../../local/state";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { printJson } from "../output";
import { alone, readyPart } from "./prepare";

/** `greenlight down`: stops the local stack and removes all it kept. Any other stack is refused. */
export async function down(options: { stack: string; json?: boolean }): Promise<number> {
  if (options.stack !== "local")
    throw fail(
      `stack ${options.stack}`,
      "not the local one",
      "local",
      "Greenlight destroys nothing but what it runs on this machine.",
      exitCodes.usage,
    );
  const { dir } = stateFiles();
  if (!fs.existsSync(dir)) return said(options, false);
  const stopped = await alone(async () => {
    const kwok = await readyPart("kwok");
    const made = fs.existsSync(stateFiles().kwok);
    if (made && !kwok)
      throw fail(
        "kwokctl",
        "not in the cache",
        "the one that started the control plane",
        "Run `npm run up`, then `npm run down`.",
        exitCodes.engineFailed,
      );
    return made ? stopControlPlane(kwok!.dir) : false;
  });
  fs.rmSync(dir, { recursive: true, force: true });
  removeIfEmpty(path.dirname(dir));
  return said(options, stopped);
}

function said(options: { json?: boolean }, stopped: boolean): number {
  if (options.json) printJson({ stopped });
  else {
    console.log(
      stopped ? "the local stack is gone; the toolchain cache, evidence/ and report/ stay" : "there was no local stack",
    );
    console.log("next: `npm run up` brings it back");
  }
  return 0;
}

function removeIfEmpty(dir: string): void {
  if (path.basename(dir) === ".greenlight" && fs.existsSync(dir) && fs.readdirSync(dir).length === 0) fs.rmdirSync(dir);
}
