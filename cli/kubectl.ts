import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../local/process";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import { readyPart } from "./commands/prepare";

/** The cluster kubectl talks to; what is not named, kubectl takes from its own settings. */
export interface Target {
  kubeconfig?: string;
  context?: string;
}

/** The cluster that flags name; a kubeconfig that is not there is refused. */
export function targetOf({ kubeconfig, context }: Target): Target {
  if (kubeconfig !== undefined && !fs.existsSync(kubeconfig))
    throw fail(`--kubeconfig ${kubeconfig}`, "not there", "a kubeconfig", undefined, exitCodes.usage);
  return { ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) };
}

/** What its kubeconfig calls the cluster; nothing where it has no name. */
export const clusterName = (target: Target): Promise<string> =>
  kubectl(target, ["config", "view", "--minify", "-o", "jsonpath={.clusters[0].name}"]);

/** How long one call may take, in milliseconds. */
const timeoutMs = 120_000;

/** Runs kubectl, of PATH or of the toolchain, and gives what it printed; its own words where it fails. */
export async function kubectl({ kubeconfig, context }: Target, args: string[], input?: string): Promise<string> {
  const where = [...(kubeconfig ? ["--kubeconfig", kubeconfig] : []), ...(context ? ["--context", context] : [])];
  const done = await run(await program(), [...where, ...args], {
    timeoutMs,
    ...(input === undefined ? {} : { input }),
  });
  if (done.code === 0) return done.stdout;
  throw fail(
    `kubectl ${args.slice(0, 2).join(" ")}`,
    `failing (${done.stderr.trim().split("\n").at(-1) ?? `exit ${done.code}`})`,
    "a cluster that answers",
    "Name it with --kubeconfig and --context; the account must be allowed to do this.",
    exitCodes.engineFailed,
  );
}

async function program(): Promise<string> {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const found = folders.map(folder => path.join(folder, "kubectl")).find(file => fs.existsSync(file));
  if (found) return found;
  const part = await readyPart("kubernetes");
  if (part) return path.join(part.dir, "kubectl");
  throw fail(
    "kubectl",
    "not there",
    "it on PATH, or Greenlight's toolchain",
    "`npm run up` builds one.",
    exitCodes.engineFailed,
  );
}
