import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { root } from "../../local/state";
import type { RunResult } from "../../local/process";
import { run } from "../../local/process";

/** One local stack of the tests' own, in a temporary folder, started by the first test that needs it. */
export interface LocalStack {
  dir: string;
  env: NodeJS.ProcessEnv;
  /** What the first `greenlight up` said. */
  up: RunResult;
}

let stack: Promise<LocalStack> | undefined;

export const localStack = (): Promise<LocalStack> => (stack ??= start());

/** Folders of a test's own, so that nothing of the checkout's outputs is touched. */
export function ownFolders(dir: string): NodeJS.ProcessEnv {
  return {
    GREENLIGHT_STATE: path.join(dir, "state"),
    GREENLIGHT_EVIDENCE: path.join(dir, "evidence"),
    GREENLIGHT_REPORT: path.join(dir, "report"),
  };
}

export const temporary = (): string => fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-test-"));

/** Runs the command as a user would, without a terminal. */
export function greenlight(args: string[], env: NodeJS.ProcessEnv = {}, cwd = root): Promise<RunResult> {
  const plain = { ...process.env, NO_COLOR: "1", CI: "true", ...env };
  return run(process.execPath, [path.join(cwd, "cli", "launch.js"), ...args], { cwd, env: plain });
}

async function start(): Promise<LocalStack> {
  const dir = temporary();
  const env = ownFolders(dir);
  // The first run may have to make the toolchain; everything after it is quick.
  const up = await greenlight(["up", "--json"], env);
  return { dir, env, up };
}

/** Stops it, if a test started it, and removes its folder. */
export async function stopLocalStack(): Promise<void> {
  if (!stack) return;
  const { dir, env } = await stack;
  await greenlight(["down"], env);
  fs.rmSync(dir, { recursive: true, force: true });
}

/** The environment that `greenlight env` prints, for plain pulumi and kubectl. */
export async function shellEnv(): Promise<NodeJS.ProcessEnv> {
  const { env } = await localStack();
  const printed = await greenlight(["env", "--json"], env);
  return { ...process.env, ...env, ...(JSON.parse(printed.stdout) as Record<string, string>) };
}

/**
 * A copy of this checkout that a test may spoil; it shares the installed packages.
 * @param stack its local stack instead of the checkout's, from test/fixtures/stacks
 */
export function copyOfCheckout(stack?: "small" | "medium"): string {
  const copy = path.join(temporary(), "checkout");
  fs.mkdirSync(copy);
  const left = new Set(["node_modules", ".git", ".greenlight", "evidence", "report", "ledger"]);
  for (const name of fs.readdirSync(root).filter(one => !left.has(one)))
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true, preserveTimestamps: true });
  fs.symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  if (stack)
    fs.copyFileSync(
      path.join(root, "test", "fixtures", "stacks", `${stack}.yaml`),
      path.join(copy, "stacks", "Pulumi.local.yaml"),
    );
  // Compiled anew, so that nothing the test spoils afterwards is put right by the launcher.
  const built = spawnSync(process.execPath, [path.join(copy, "cli", "build.js")], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(built.stderr);
  return copy;
}
