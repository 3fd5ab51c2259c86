import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDir } from "../local/toolchain/cache";
import { run } from "../local/process";
import { root } from "../local/state";
import { temporary } from "../test/support/local-stack";

/**
 * What checking plain manifests costs, process start included, beside what others take for theirs on the same files. All
 * rules of ours run. kube-score (about thirty checks) and Checkov (about ninety) bring their own; conftest and gator bring
 * none and run the few below. Peers that cannot be had are named, so that nobody takes them for beaten.
 */

const often = 5;
/** The Kyverno CLI's module has replace directives: `go install` refuses it. */
const missing = ["kyverno CLI"];

interface Peer {
  name: string;
  /** Makes the program ready below a folder of the cache; gives how it checks a folder, or undefined where it cannot be had. */
  ready: (dir: string) => Promise<((manifests: string) => Promise<unknown>) | undefined>;
}

const rego = `package main
import rego.v1
containers contains c if some c in input.spec.template.spec.containers
deny contains "runs as root" if { input.kind == "Deployment"; not input.spec.template.spec.securityContext.runAsNonRoot }
deny contains "privileged" if { some c in containers; c.securityContext.privileged }
deny contains "no memory limit" if { some c in containers; not c.resources.limits.memory }
deny contains "no probe" if { some c in containers; not c.readinessProbe }
deny contains "too few replicas" if { input.kind == "Deployment"; input.spec.replicas < 2 }
`;

const template = {
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: "benchmemory" },
  spec: {
    crd: { spec: { names: { kind: "BenchMemory" } } },
    targets: [
      {
        target: "admission.k8s.gatekeeper.sh",
        rego: `package bench\nviolation[{"msg": msg}] { c := input.review.object.spec.template.spec.containers[_]; not c.resources.limits.memory; msg := "no memory limit" }`,
      },
    ],
  },
};
const constraint = {
  apiVersion: "constraints.gatekeeper.sh/v1beta1",
  kind: "BenchMemory",
  metadata: { name: "memory" },
};

async function fromGo(dir: string, module: string, program: string): Promise<string | undefined> {
  const file = path.join(dir, program);
  if (!fs.existsSync(file)) await run("go", ["install", module], { env: { ...process.env, GOBIN: dir } });
  return fs.existsSync(file) ? file : undefined;
}

const filesIn = (dir: string): string[] => fs.readdirSync(dir).map(name => path.join(dir, name));

const peers: Peer[] = [
  {
    name: "kube-score-v1.20.0",
    ready: async dir => {
      const program = await fromGo(dir, "github.com/zegl/kube-score/cmd/kube-score@v1.20.0", "kube-score");
      return program ? manifests => run(program, ["score", ...filesIn(manifests)]) : undefined;
    },
  },
  {
    name: "conftest-v0.71.1",
    ready: async dir => {
      const program = await fromGo(dir, "github.com/open-policy-agent/conftest@v0.71.1", "conftest");
      const policy = path.join(dir, "policy");
      fs.mkdirSync(policy, { recursive: true });
      fs.writeFileSync(path.join(policy, "main.rego"), rego);
      return program ? manifests => run(program, ["test", "--policy", policy, manifests]) : undefined;
    },
  },
  {
    name: "gator-v3.23.1",
    ready: async dir => {
      const program = await fromGo(dir, "github.com/open-policy-agent/gatekeeper/v3/cmd/gator@v3.23.1", "gator");
      const policy = path.join(dir, "policy");
      fs.mkdirSync(policy, { recursive: true });
      fs.writeFileSync(path.join(policy, "template.json"), JSON.stringify(template));
      fs.writeFileSync(path.join(policy, "constraint.json"), JSON.stringify(constraint));
      return program ? manifests => run(program, ["test", "-f", policy, "-f", manifests]) : undefined;
    },
  },
  {
    name: "checkov-3.3.30",
    ready: async dir => {
      const program = path.join(dir, "bin", "checkov");
      if (!fs.existsSync(program)) {
        await run("python3", ["-m", "venv", dir]);
        await run(path.join(dir, "bin", "pip"), ["install", "--quiet", "checkov==3.3.30"]);
      }
      const args = ["--framework", "kubernetes", "--compact", "--quiet", "--skip-download", "-d"];
      return fs.existsSync(program) ? manifests => run(program, [...args, manifests]) : undefined;
    },
  },
];

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

async function seconds(work: () => Promise<unknown>, rounds: number = often): Promise<number[]> {
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
  const medians: number[] = [];
  console.log("\nChecking manifests, min / median / max of five, process start included");
  const ready: [string, (manifests: string) => Promise<unknown>][] = [];
  for (const { name, ready: make } of peers) {
    const dir = path.join(cacheDir(), "peers", name);
    fs.mkdirSync(dir, { recursive: true });
    const checks = await make(dir).catch(() => undefined);
    if (checks) ready.push([name, checks]);
    else missing.push(name);
  }
  for (const count of [1_000, 10_000]) {
    const dir = manifests(count);
    const ours = () => run("/usr/bin/env", ["bash", "-c", `node cli/launch.js check ${dir} >/dev/null`], { cwd: root });
    const own = await seconds(ours);
    medians.push(median(own));
    const line = (name: string, times: number[], rest = "") =>
      console.log(`${name.padEnd(20)} ${String(count).padStart(6)} manifests  ${shown(times)}${rest}`);
    line("greenlight", own);
    for (const [name, checks] of ready) {
      // Checkov takes minutes for the larger set; once is enough to see how many.
      const theirs = await seconds(() => checks(dir), name.startsWith("checkov") && count > 1_000 ? 1 : often);
      line(name, theirs, `  greenlight takes ${(median(own) / median(theirs)).toFixed(2)}x`);
    }
    fs.rmSync(dir, { recursive: true, force: true });
  }
  console.log(`10,000 manifests take ${(medians[1]! / medians[0]!).toFixed(1)}x what 1,000 take`);
  console.log(`not measured here: ${missing.join(", ")}`);
}
