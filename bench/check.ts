import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDir } from "../local/toolchain/cache";
import { run } from "../local/process";
import { root } from "../local/state";
import { temporary } from "../test/support/local-stack";

/**
 * What checking plain manifests costs, process start included, beside kube-score on the same files. All rules of ours run;
 * kube-score runs its own (about thirty). Peers that are not measured yet are named, so that nobody takes them for beaten.
 */

const rounds = 5;
const peer = { module: "github.com/zegl/kube-score/cmd/kube-score", version: "v1.20.0", program: "kube-score" };
const missing = ["conftest", "gator", "kyverno CLI", "checkov"];

/** Manifests of as many web services as it takes, one object a file. */
function manifests(count: number): string {
  const dir = temporary();
  const all = fs.readFileSync(path.join(root, "examples", "good", "web.yaml"), "utf8").split("\n---\n");
  const own = all.filter(one => /name: web\b/.test(one));
  for (let index = 0; index < count; index++) {
    const service = Math.floor(index / own.length);
    const text = own[index % own.length]!.replaceAll("name: web", `name: web-${service}`).replaceAll(
      "app: web",
      `app: web-${service}`,
    );
    fs.writeFileSync(path.join(dir, `${index}.yaml`), text);
  }
  return dir;
}

/** The peer from its vendor's module, built once into the cache; undefined where it cannot be had. */
async function peerProgram(): Promise<string | undefined> {
  const dir = path.join(cacheDir(), "peers", `${peer.program}-${peer.version}`);
  const program = path.join(dir, peer.program);
  if (fs.existsSync(program)) return program;
  fs.mkdirSync(dir, { recursive: true });
  await run("go", ["install", `${peer.module}@${peer.version}`], { env: { ...process.env, GOBIN: dir } });
  return fs.existsSync(program) ? program : undefined;
}

async function seconds(work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await work();
    times.push((performance.now() - started) / 1_000);
  }
  return times.sort((a, b) => a - b);
}

const shown = (times: number[]): string =>
  `${times[0]!.toFixed(2)} / ${times[Math.floor(times.length / 2)]!.toFixed(2)} / ${times.at(-1)!.toFixed(2)} s`;
const median = (times: number[]): number => times[Math.floor(times.length / 2)]!;

export async function benchCheck(): Promise<void> {
  const program = await peerProgram();
  const medians: number[] = [];
  console.log("\nChecking manifests, min / median / max of five, process start included");
  for (const count of [1_000, 10_000]) {
    const dir = manifests(count);
    const files = fs.readdirSync(dir).map(name => path.join(dir, name));
    const ours = () => run("/usr/bin/env", ["bash", "-c", `node cli/launch.js check ${dir} >/dev/null`], { cwd: root });
    const own = await seconds(ours);
    medians.push(median(own));
    console.log(`greenlight  ${String(count).padStart(6)} manifests  ${shown(own)}`);
    if (program) {
      const theirs = await seconds(() => run(program, ["score", ...files]));
      console.log(
        `kube-score  ${String(count).padStart(6)} manifests  ${shown(theirs)}  greenlight takes ${(median(own) / median(theirs)).toFixed(1)}x`,
      );
    }
    fs.rmSync(dir, { recursive: true, force: true });
  }
  console.log(`10,000 manifests take ${(medians[1]! / medians[0]!).toFixed(1)}x what 1,000 take`);
  console.log(`not measured here: ${[...(program ? [] : [peer.program]), ...missing].join(", ")}`);
}
