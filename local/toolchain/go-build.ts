import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { capture, run } from "../process";
import { goPinsDir } from "./cache";
import type { GoBuild, Part } from "./pins";

type Report = (text: string) => void;

/** The go command's environment: pinned modules only, never with checksums off. */
const goEnv = (): NodeJS.ProcessEnv => ({
  ...process.env,
  CGO_ENABLED: "0",
  GO111MODULE: "on",
  GOWORK: "off",
  GOFLAGS: "-buildvcs=false",
  GONOSUMCHECK: undefined,
  GONOSUMDB: undefined,
});

/** True when a usable go is on PATH. */
export async function hasGo(): Promise<boolean> {
  try {
    return (await run("go", ["version"])).code === 0;
  } catch {
    return false;
  }
}

/** Builds everything of a part into `dir`, from modules whose checksums stand in go.sum. */
export async function goBuildPart(part: Part, dir: string, report: Report): Promise<void> {
  for (const [index, build] of part.go.entries()) {
    const place = part.go.length > 1 ? ` (${index + 1} of ${part.go.length})` : "";
    await goBuild(build, path.join(dir, build.program), text => report(`${build.program}${place}: ${text}`));
  }
  for (const wanted of part.goFiles ?? []) {
    report(`reading ${wanted.module}`);
    await copyFromModule(wanted.module, wanted.sum, wanted.files, dir, wanted.executable);
  }
}

async function goBuild(build: GoBuild, output: string, report: Report): Promise<void> {
  const options = { cwd: path.join(goPinsDir, build.module), env: goEnv() };
  report("fetching modules");
  const listed = await run("go", ["list", "-mod=readonly", "-deps", build.package], options);
  if (listed.code !== 0) throw buildFault(build, "fetched", listed.stderr);
  const total = listed.stdout.trim().split("\n").length;
  report(`compiling up to ${total} packages`);
  const stamps = Object.entries(build.stamps ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  let compiled = 0;
  const args = ["build", "-v", "-mod=readonly", "-trimpath", "-ldflags", ["-s -w", ...stamps].join(" ")];
  const built = await run("go", [...args, "-o", output, build.package], {
    ...options,
    onLine: () => report(`compiled ${++compiled} of at most ${total} packages`),
  });
  if (built.code !== 0) throw buildFault(build, "built", built.stderr);
}

const buildFault = (build: GoBuild, verb: string, said: string) =>
  fail(
    `${build.program} (${build.package})`,
    `not ${verb}`,
    "a module proxy that serves the pinned versions, and room on the disk",
    `go said:\n${said.trim().split("\n").slice(-8).join("\n")}`,
    exitCodes.engineFailed,
  );

async function copyFromModule(module: string, sum: string, files: string[], dir: string, executable: boolean) {
  const found = JSON.parse(await capture("go", ["mod", "download", "-json", module], { env: goEnv() })) as {
    Dir: string;
    Sum: string;
  };
  if (found.Sum !== sum)
    throw fail(module, `of checksum ${found.Sum}`, sum, "The module is not the pinned one; nothing of it was used.");
  for (const file of files) {
    const target = path.join(dir, path.basename(file));
    fs.copyFileSync(path.join(found.Dir, file), target);
    fs.chmodSync(target, executable ? 0o755 : 0o644);
  }
}
