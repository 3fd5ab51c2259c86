import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { deadProcesses } from "../../local/control-plane";
import type { KubeObject } from "../../local/kubernetes-api";
import { connect, pathOf } from "../../local/kubernetes-api";
import { processesOf } from "../../local/process";
import { checkpointFile } from "../../local/recovery";
import { greenlight, ownFolders } from "./local-stack";

/** Killing one process of an `up` at a chosen point, and what must hold after the next `up`. */

export const victims = ["command", "language host", "provider", "API server"] as const;
export type Victim = (typeof victims)[number] | "policy pack";

interface Checkpoint {
  checkpoint: { latest?: { resources?: { urn: string; type: string; id?: string }[]; pending_operations?: unknown[] } };
}

const stateOf = (dir: string) => {
  try {
    const file = checkpointFile(path.join(dir, "state", "backend"), "greenlight", "local");
    return (JSON.parse(fs.readFileSync(file, "utf8")) as Checkpoint).checkpoint.latest ?? {};
  } catch {
    return {};
  }
};

/** Where an `up` runs: a copy of the checkout, and folders of its own for state, evidence and report. */
export interface Place {
  copy: string;
  dir: string;
}

/** Starts an `up` of which nobody reads the output. */
export function startUp({ copy, dir }: Place): ChildProcess {
  const env = { ...process.env, ...ownFolders(dir), CI: "true" };
  const launcher = path.join(copy, "cli", "launch.js");
  return spawn(process.execPath, [launcher, "up", "--json"], { cwd: copy, env, stdio: "ignore" });
}

/** Starts an `up` and kills the victim once the state holds `count` resources, `delayMs` later; waits for its end. */
export async function upKilledAt(place: Place, victim: Victim, count: number, delayMs = 0): Promise<void> {
  const { dir } = place;
  const child = startUp(place);
  const closed = new Promise<void>(resolve => child.once("close", () => resolve()));
  while ((stateOf(dir).resources ?? []).length < count) {
    if (child.exitCode !== null) throw new Error(`up ended with ${child.exitCode} before ${count} resources were made`);
    await pause(2);
  }
  await pause(delayMs);
  const pids = pidsOf(dir, victim, child);
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      // It ended between the look and the kill.
      assert.equal((error as NodeJS.ErrnoException).code, "ESRCH");
    }
  }
  await closed;
}

function pidsOf(dir: string, victim: Victim, child: ChildProcess): number[] {
  const state = path.join(dir, "state");
  const named = (pattern: RegExp) =>
    processesOf(state)
      .filter(one => pattern.test(one.line))
      .map(one => one.pid);
  switch (victim) {
    case "command":
      return [child.pid!];
    case "language host":
      return named(/pulumi-language-nodejs|@pulumi\/pulumi\/cmd\/run(?!-policy-pack)/);
    case "policy pack":
      return named(/run-policy-pack|policies\/bin\/index/);
    case "provider":
      return named(/local\/providers\/kubernetes\/main|pulumi-resource-kubernetes/);
    case "API server":
      return [Number(fs.readFileSync(path.join(state, "kwok/clusters/greenlight/pids/kube-apiserver.pid"), "utf8"))];
  }
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** The next `up` converges (and says, where it is asked, what it put right), and no resource was lost, made twice, or replaced. */
export async function convergesAfter({ copy, dir }: Place, says?: RegExp): Promise<void> {
  const again = await greenlight(["up", "--json"], ownFolders(dir), copy);
  assert.equal(again.code, 0, again.stderr);
  const { deployed } = JSON.parse(again.stdout) as {
    deployed: { changes: Record<string, number>; recovered: string[] };
  };
  if (says) assert.match(deployed.recovered.join("\n"), says);
  const kinds = Object.keys(deployed.changes);
  assert.deepEqual(
    kinds.filter(kind => !["create", "update", "same"].includes(kind)),
    [],
    JSON.stringify(deployed),
  );
  const { resources = [], pending_operations: pending = [] } = stateOf(dir);
  assert.deepEqual(pending, []);
  const urns = resources.map(one => one.urn);
  assert.deepEqual([...new Set(urns)], urns, "a resource stands twice in the state");
  const inState = resources
    .filter(one => one.type.startsWith("kubernetes:"))
    .map(one => `${one.type.split(":").pop()} ${one.id}`);
  assert.deepEqual(await madeByPulumi(path.join(dir, "state", "kubeconfig"), resources), inState.sort());
  const third = await greenlight(["up", "--json"], ownFolders(dir), copy);
  assert.equal(third.code, 0, third.stderr);
  const after = JSON.parse(third.stdout) as { deployed: { changes: object; recovered: string[] } };
  const counted = resources.filter(one => !one.type.startsWith("pulumi:providers:"));
  assert.deepEqual(after.deployed.changes, { same: counted.length });
  assert.deepEqual(after.deployed.recovered, []);
}

/** Objects in the cluster that a Pulumi run made, of the kinds the state holds: `<kind> <id>`, sorted. */
async function madeByPulumi(kubeconfig: string, resources: { type: string }[]): Promise<string[]> {
  const api = connect(kubeconfig);
  try {
    const types = [...new Set(resources.map(one => one.type).filter(type => type.startsWith("kubernetes:")))];
    const lists = types.map(async type => {
      const [, group, kind] = type.split(":") as [string, string, string];
      const apiVersion = group.replace(/^core\//, "");
      const { plural } = (await api.kindOf(apiVersion, kind))!;
      const all = await api.request<{ items: KubeObject[] }>("GET", pathOf(apiVersion, { plural, namespaced: false }));
      return all.items
        .filter(one => one.metadata.managedFields?.some(entry => entry.manager === "pulumi-kubernetes"))
        .map(({ metadata: { name, namespace } }) => `${kind} ${namespace ? `${namespace}/` : ""}${name}`);
    });
    return (await Promise.all(lists)).flat().sort();
  } finally {
    api.close();
  }
}

/** Nothing of a run is left: no engine, no plugin. */
export const leftOvers = ({ dir }: Place): string[] =>
  processesOf(path.join(dir, "state"))
    .filter(one => /pulumi/.test(one.line))
    .map(one => one.line);

/** The control plane's processes that are dead, seen from a test's folder. */
export function deadOf(dir: string): string[] {
  const before = process.env.GREENLIGHT_STATE;
  process.env.GREENLIGHT_STATE = path.join(dir, "state");
  try {
    return deadProcesses();
  } finally {
    if (before === undefined) delete process.env.GREENLIGHT_STATE;
    else process.env.GREENLIGHT_STATE = before;
  }
}
