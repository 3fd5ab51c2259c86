import * as fs from "node:fs";
import * as os from "node:os";
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
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-"));
  const own = build.generated ? await withGenerated(build, options, work) : [];
  const args = ["build", "-v", ...own, "-mod=readonly", "-trimpath", "-ldflags", ["-s -w", ...stamps].join(" ")];
  const built = await run("go", [...args, "-o", output, build.package], {
    ...options,
    onLine: () => report(`compiled ${++compiled} of at most ${total} packages`),
  });
  fs.rmSync(work, { recursive: true, force: true });
  if (built.code !== 0) throw buildFault(build, "built", built.stderr);
}

/**
 * The module's own source with the files its makers generate, built in its place: a copy of what `go.sum` vouches for, and a go.mod that
 * points at it. The compiler takes no such files into its cache of modules.
 */
async function withGenerated(
  { package: name, generated = [] }: GoBuild,
  options: { cwd: string; env: NodeJS.ProcessEnv },
  work: string,
): Promise<string[]> {
  const format = "{{.Module.Path}} {{.Module.Dir}} {{.Dir}}";
  const listed = await capture("go", ["list", "-mod=readonly", "-e", "-f", format, name], options);
  const [module, source, folder] = listed.trim().split(" ") as [string, string, string];
  const copy = path.join(work, "source");
  fs.cpSync(source, copy, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
  await capture("chmod", ["-R", "u+w", copy]);
  for (const { from, to, version } of generated) {
    const value = JSON.parse(fs.readFileSync(path.join(folder, from), "utf8")) as object;
    const text = JSON.stringify(version === undefined ? value : { ...value, version });
    fs.writeFileSync(path.join(copy, path.relative(source, folder), to), text);
  }
  const pins = fs.readFileSync(path.join(options.cwd, "go.mod"), "utf8");
  fs.writeFileSync(path.join(work, "go.mod"), `${pins}\nreplace ${module} => ${copy}\n`);
  fs.copyFileSync(path.join(options.cwd, "go.sum"), path.join(work, "go.sum"));
  return [`-modfile=${path.join(work, "go.mod")}`];
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
