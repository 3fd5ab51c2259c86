import * as fs from "node:fs";
import * as path from "node:path";
import { processesOf, run } from "../local/process";
import { stopLocalStack } from "../test/support/local-stack";
import { benchProject } from "./project";

/**
 * What deploying costs per resource: stacks of ConfigMaps under the real engine, the provider that serves here and a
 * real API server; beside it `kubectl apply --server-side` of the same objects, which does without engine and state.
 */

const sizes = [100, 500, 1_000];

const program = `
const core = require("@pulumi/kubernetes/core/v1");
const count = Number(process.env.COUNT);
const ns = new core.Namespace("bench", { metadata: { name: "bench" } });
for (let n = 0; n < count; n++)
  new core.ConfigMap("c" + n, { metadata: { name: "c" + n, namespace: "bench" }, data: { n: String(n) } }, { dependsOn: [ns] });
`;

interface Measured {
  size: number;
  previewMs: number;
  upMs: number;
  /** The same without the engine's checkpoints, of which each is as long as the whole state. */
  bareMs: number;
  againMs: number;
  kubectlMs: number;
  /** Highest resident memory of the provider, in MiB. */
  providerMib: number;
  engineMib: number;
}

async function main(): Promise<void> {
  const { dir, env } = await benchProject(program);
  const rows: Measured[] = [];
  for (const size of sizes) rows.push(await measure(dir, { ...env, COUNT: String(size) }, size));
  fs.rmSync(dir, { recursive: true, force: true });
  print(rows);
}

async function measure(dir: string, env: NodeJS.ProcessEnv, size: number): Promise<Measured> {
  const state = env.GREENLIGHT_STATE!;
  const pulumi = async (args: string[], more: NodeJS.ProcessEnv = {}) => {
    const peaks = { provider: 0, engine: 0 };
    const timer = setInterval(() => {
      for (const { pid, line } of processesOf(state)) {
        const kind = /kubernetes\/main|pulumi-resource-kubernetes/.test(line)
          ? "provider"
          : /pulumi (up|preview)/.test(line)
            ? "engine"
            : undefined;
        if (kind) peaks[kind] = Math.max(peaks[kind], peakOf(pid));
      }
    }, 250);
    const started = performance.now();
    const done = await run("pulumi", [...args, "--non-interactive", "--stack", `s${size}`], {
      cwd: dir,
      env: { ...env, ...more },
    });
    clearInterval(timer);
    if (done.code !== 0) throw new Error(done.stdout + done.stderr);
    return { ms: performance.now() - started, peaks };
  };
  await run("pulumi", ["stack", "init", `s${size}`, "--non-interactive"], { cwd: dir, env });
  const preview = await pulumi(["preview"]);
  const update = ["up", "--yes", "--skip-preview"];
  const destroy = ["destroy", "--yes", "--skip-preview"];
  const unsaved = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
  const up = await pulumi(update);
  const again = await pulumi(update);
  await pulumi(destroy, unsaved);
  const bare = await pulumi(update, unsaved);
  await pulumi(destroy, unsaved);
  const manifests = path.join(dir, "objects.json");
  const object = (kind: string, name: string, more: object) => ({
    apiVersion: "v1",
    kind,
    metadata: { name, ...more },
    ...(kind === "ConfigMap" ? { data: { n: name } } : {}),
  });
  const items = [
    object("Namespace", "peer", {}),
    ...Array.from({ length: size }, (_, n) => object("ConfigMap", `c${n}`, { namespace: "peer" })),
  ];
  fs.writeFileSync(manifests, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const started = performance.now();
  const applied = await run("kubectl", ["apply", "--server-side", "-f", manifests], { env });
  if (applied.code !== 0) throw new Error(applied.stderr);
  const kubectlMs = performance.now() - started;
  await run("kubectl", ["delete", "namespace", "peer", "--wait"], { env });
  return {
    size,
    previewMs: preview.ms,
    upMs: up.ms,
    bareMs: bare.ms,
    againMs: again.ms,
    kubectlMs,
    providerMib: Math.max(preview.peaks.provider, up.peaks.provider),
    engineMib: up.peaks.engine,
  };
}

/** The most memory a process has held, in MiB. */
export function peakOf(pid: number): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function print(rows: Measured[]): void {
  console.log(
    "\nDeploying ConfigMaps, by number of resources; kubectl apply --server-side of the same objects beside it",
  );
  console.log("resources  preview       up     bare  unchanged  kubectl  bare/kubectl  provider  engine");
  for (const row of rows)
    console.log(
      `${String(row.size).padStart(9)}  ${seconds(row.previewMs)}  ${seconds(row.upMs)}  ${seconds(row.bareMs)}    ${seconds(row.againMs)}  ${seconds(row.kubectlMs)}  ${(row.bareMs / row.kubectlMs).toFixed(1).padStart(11)}x  ${String(row.providerMib).padStart(4)} MiB  ${row.engineMib} MiB`,
    );
  console.log(
    "bare: without the engine's checkpoints, which grow with the state; what is left is the provider's and the API server's",
  );
  for (const key of ["previewMs", "upMs", "bareMs", "againMs", "kubectlMs"] as const) {
    const slope = (from: Measured, to: Measured) => (to[key] - from[key]) / (to.size - from.size);
    const [first, middle, last] = rows as [Measured, Measured, Measured];
    console.log(
      `${key.replace("Ms", "").padEnd(8)} ${slope(first, middle).toFixed(1)} ms a resource from ${first.size} to ${middle.size}, ${slope(middle, last).toFixed(1)} from there to ${last.size}`,
    );
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(7);

/** Runs it on a local stack of its own, which is gone afterwards. */
export async function benchProvider(): Promise<void> {
  try {
    await main();
  } finally {
    await stopLocalStack();
  }
}
