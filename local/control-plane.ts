import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import { defineKinds, furnish } from "./bootstrap";
import { connect } from "./kubernetes-api";
import { capture, ended, isAlive, killAndWait, run } from "./process";
import { stateFiles } from "./state";

/** The programs and files the control plane is made of: folders as the toolchain gives them. */
export interface ControlPlaneParts {
  etcd: string;
  kwok: string;
  kubernetes: string;
  crds: string;
}

export interface ControlPlane {
  kubeconfig: string;
  server: string;
  /** True when it was running already. */
  found: boolean;
}

const clusterName = "greenlight";

const env = (): NodeJS.ProcessEnv => ({
  ...process.env,
  KWOK_WORKDIR: stateFiles().kwok,
  KUBECONFIG: stateFiles().kubeconfig,
});

/** Starts the control plane of this checkout, or finds it running; afterwards its nodes are Ready. */
export async function startControlPlane(
  parts: ControlPlaneParts,
  report: (text: string) => void,
  port?: number,
): Promise<ControlPlane> {
  const files = stateFiles();
  const running = await status();
  if (running === "answers") {
    await upgrade(parts, report);
    return { kubeconfig: files.kubeconfig, server: connect(files.kubeconfig).server, found: true };
  }
  if (port && !(await isFree(port)))
    throw fail(
      `port ${port}`,
      "in use",
      "a free port",
      "Give another with --port, or none: a free one is taken.",
      exitCodes.usage,
    );
  if (running === "silent") {
    const restarted = await restart(parts, report);
    await upgrade(parts, report);
    return restarted;
  }
  // Without its record the control plane was never finished: what is there of it is of no use to anybody.
  if (fs.existsSync(files.kwok)) {
    report("clearing away what an interruption left");
    await stopControlPlane(parts.kwok);
  }
  fs.mkdirSync(files.kwok, { recursive: true });
  report("starting etcd, API server, controllers, scheduler, nodes");
  await create(parts, port);
  const api = connect(files.kubeconfig);
  try {
    await furnish(api, parts.crds, report);
    fs.writeFileSync(files.controlPlane, JSON.stringify({ server: api.server, parts }, null, 2));
    return { kubeconfig: files.kubeconfig, server: api.server, found: false };
  } finally {
    api.close();
  }
}

/** The parts the running control plane was made of, by its record. */
export function runningParts(): ControlPlaneParts | undefined {
  try {
    return (JSON.parse(fs.readFileSync(stateFiles().controlPlane, "utf8")) as { parts: ControlPlaneParts }).parts;
  } catch {
    return undefined;
  }
}

/** Parts of the control plane that are not the ones this checkout pins, by name. */
export const outdatedParts = (pinned: Partial<ControlPlaneParts>): (keyof ControlPlaneParts)[] => {
  const running = runningParts();
  const names = Object.keys(pinned) as (keyof ControlPlaneParts)[];
  return running ? names.filter(name => running[name] !== pinned[name]) : [];
};

/** Brings a control plane of other pins to this checkout's: what it holds stays. */
async function upgrade(parts: ControlPlaneParts, report: (text: string) => void): Promise<void> {
  const outdated = outdatedParts(parts);
  if (outdated.length === 0) return;
  const { kwok, kubeconfig, controlPlane } = stateFiles();
  if (outdated.some(name => name !== "crds")) {
    report(`upgrading ${outdated.join(", ")}`);
    // kwokctl runs its programs through links of its own; it is stopped by the version that started it.
    await pause(runningParts()!.kwok);
    const bin = path.join(kwok, "clusters", clusterName, "bin");
    const programs = { etcd: ["etcd"], kubernetes: ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] };
    for (const [part, names] of Object.entries(programs))
      for (const name of names) relink(path.join(bin, name), path.join(parts[part as "etcd"], name));
    relink(path.join(bin, "kwok-controller"), path.join(parts.kwok, "kwok"));
    await restart(parts, report);
  }
  const api = connect(kubeconfig);
  try {
    await defineKinds(api, parts.crds);
    fs.writeFileSync(controlPlane, JSON.stringify({ server: api.server, parts }, null, 2));
  } finally {
    api.close();
  }
}

function relink(link: string, target: string): void {
  fs.rmSync(link, { force: true });
  fs.symlinkSync(target, link);
}

async function restart(parts: ControlPlaneParts, report: (text: string) => void): Promise<ControlPlane> {
  const { kubeconfig } = stateFiles();
  report("restarting what a crash or reboot left");
  await pause(parts.kwok);
  await run(path.join(parts.kwok, "kwokctl"), ["start", "cluster", "--name", clusterName, "--wait", "90s"], {
    env: env(),
    timeoutMs: 120_000,
  });
  if ((await status()) === "answers") return { kubeconfig, server: connect(kubeconfig).server, found: true };
  throw fail(
    "the local control plane",
    "not answering after a restart",
    "one that does",
    "Run `npm run down`, then `npm run up`.",
    exitCodes.engineFailed,
  );
}

/** Stops the control plane and keeps what it holds; afterwards its ports are free. */
async function pause(kwokDir: string): Promise<void> {
  // kwokctl does not wait for what it kills, and an API server of some size takes a while to end: until then it is a
  // process without a name that holds its port, so it is known by its number only.
  const pids = [...recordedPids().values()];
  await run(path.join(kwokDir, "kwokctl"), ["stop", "cluster", "--name", clusterName], {
    env: env(),
    timeoutMs: 60_000,
  });
  await ended(pids);
  await endLeftOvers();
}

/** Ends servers of this checkout's control plane that kwokctl knows nothing of: it was killed before it wrote them down. */
async function endLeftOvers(): Promise<void> {
  const { stdout } = await run("ps", ["-eo", "pid=,args="]);
  const ours = path.join(stateFiles().kwok, "clusters") + path.sep;
  await killAndWait(
    stdout.split("\n").flatMap(line => {
      const [, pid, program] = /^\s*(\d+)\s+(\S+)/.exec(line) ?? [];
      return program?.startsWith(ours) ? [Number(pid)] : [];
    }),
  );
}

async function create(parts: ControlPlaneParts, port?: number): Promise<void> {
  const extra = (component: string, argument: string) => ["--extra-args", `${component}=${argument}`];
  const program = (name: string) => ["--" + name + "-binary", path.join(parts.kubernetes, name)];
  const args = ["create", "cluster", "--name", clusterName, "--runtime", "binary", "--wait", "90s"];
  await capture(
    path.join(parts.kwok, "kwokctl"),
    [
      ...args,
      ...["--kubeconfig", stateFiles().kubeconfig],
      ...["--etcd-binary", path.join(parts.etcd, "etcd")],
      ...["--kwok-controller-binary", path.join(parts.kwok, "kwok")],
      ...["kube-apiserver", "kube-controller-manager", "kube-scheduler"].flatMap(program),
      // Autoscalers own the pod counts; here nobody should wait a quarter of a minute for their first look.
      ...extra("kube-controller-manager", "horizontal-pod-autoscaler-sync-period=2s"),
      // As in any real cluster each controller asks under its own name: admission tells them from people by it.
      ...extra("kube-controller-manager", "use-service-account-credentials=true"),
      // There is one of each: an election has nothing to decide, and a lease lost while the machine slept ends the process.
      ...extra("kube-controller-manager", "leader-elect=false"),
      ...extra("kube-scheduler", "leader-elect=false"),
      // One controller plays all nodes. Leases would make the successor of one that was killed wait minutes for its nodes.
      ...["--node-lease-duration-seconds", "0"],
      ...(port ? ["--kube-apiserver-port", String(port)] : []),
    ],
    { env: env(), timeoutMs: 180_000 },
  );
  fs.chmodSync(stateFiles().kubeconfig, 0o600);
}

/** Whether this checkout's control plane answers with all its processes, does not, or was never made. */
export async function status(): Promise<"absent" | "answers" | "silent"> {
  const { kubeconfig, controlPlane } = stateFiles();
  if (!fs.existsSync(controlPlane) || !fs.existsSync(kubeconfig)) return "absent";
  if (deadProcesses().length > 0) return "silent";
  const api = connect(kubeconfig);
  try {
    await api.request("GET", "/readyz", { timeoutMs: 5_000 });
    return "answers";
  } catch {
    return "silent";
  } finally {
    api.close();
  }
}

/** Processes of the control plane that ought to run and do not, by name. */
export const deadProcesses = (): string[] =>
  [...recordedPids()].filter(([, pid]) => !isAlive(pid)).map(([name]) => name);

/** Process ids that kwokctl wrote down when it started them, by name. */
function recordedPids(): Map<string, number> {
  const dir = path.join(stateFiles().kwok, "clusters", clusterName, "pids");
  const files = fs.existsSync(dir) ? fs.readdirSync(dir).filter(name => name.endsWith(".pid")) : [];
  return new Map(
    files.map(name => [path.basename(name, ".pid"), Number(fs.readFileSync(path.join(dir, name), "utf8"))]),
  );
}

/** Stops the control plane and removes all it kept. Gives false when there was none. */
export async function stopControlPlane(kwokDir: string): Promise<boolean> {
  const files = stateFiles();
  const existed = fs.existsSync(path.join(files.kwok, "clusters", clusterName));
  const pids = [...recordedPids().values()];
  if (existed)
    await run(path.join(kwokDir, "kwokctl"), ["delete", "cluster", "--name", clusterName], {
      env: env(),
      timeoutMs: 60_000,
    });
  await ended(pids);
  await endLeftOvers();
  for (const file of [files.kwok, files.kubeconfig, files.controlPlane])
    fs.rmSync(file, { recursive: true, force: true });
  return existed;
}

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
