import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Api, KubeObject } from "./kubernetes-api";
import { ApiError, connect, pathOf } from "./kubernetes-api";
import { capture, isAlive } from "./process";
import { stateFiles } from "./state";

/**
 * What a run that was killed leaves, put right before the next one begins. The engine writes what it is about to make
 * as pending operations and what was made into the state; between the two anything may die. An object that was made
 * and not written down would be refused as "already exists" for ever: it is imported. Nothing is deleted here.
 */

export interface RecoveryOptions {
  /** Folder of the project, its name, and the stack. */
  dir: string;
  project: string;
  stack: string;
  env: NodeJS.ProcessEnv;
  /** The saved plan of the last update, if there is one: what it meant to make. */
  plan: string;
}

interface Checkpoint {
  resources?: StateResource[];
  pending_operations?: { type: string; resource: StateResource }[];
}

interface StateResource {
  urn: string;
  type: string;
  parent?: string;
  provider?: string;
  inputs?: Record<string, unknown>;
  pendingReplacement?: boolean;
}

/** The part of a saved plan that tells what an update was going to make. */
interface Plan {
  manifest?: { time?: string };
  resourcePlans?: Record<
    string,
    {
      goal?: { type: string; parent?: string; provider?: string };
      steps?: string[];
      state?: Record<string, unknown>;
    }
  >;
}

/** Something a run was making when it ended. */
interface Begun {
  urn: string;
  type: string;
  parent?: string;
  provider: string;
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
}

/** The checkpoint of a stack in the file backend, as it lies on disk. */
export const checkpointFile = (backend: string, project: string, stack: string): string =>
  path.join(backend, ".pulumi", "stacks", project, `${stack}.json`);

/**
 * Removes notes beside the backend's files that were cut off. The engine's file store writes a file whole or not at all,
 * but the note on its type (`<file>.attrs`) in place: killed in between, it leaves an empty one, and nothing reads the
 * file itself any more ("failed to load checkpoint: EOF"). Without a note it is read as before.
 */
function mendNotes(backend: string): string[] {
  const dir = path.join(backend, ".pulumi");
  if (!fs.existsSync(dir)) return [];
  const cut = fs
    .readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter(name => name.endsWith(".attrs") && readJson(path.join(dir, name)) === undefined);
  for (const name of cut) fs.rmSync(path.join(dir, name), { force: true });
  return cut.map(name => `the note beside ${path.basename(name, ".attrs")} was cut off: removed`);
}

/**
 * Puts back the engine's own copy of a state file that was cut off, as by a full disk. The broken one is kept beside it.
 * What was made after the copy is found again by `recover`. Says what it did.
 */
export function mendCheckpoint(backend: string, project: string, stack: string): string[] {
  const file = checkpointFile(backend, project, stack);
  const notes = mendNotes(backend);
  if (!fs.existsSync(file) || readJson(file) !== undefined) return notes;
  const copy = `${file}.bak`;
  const broken = `${file}.broken`;
  fs.renameSync(file, broken);
  if (readJson(copy) === undefined)
    return [...notes, `the state file was cut off and there is no copy of it; it is kept as ${broken}`];
  fs.copyFileSync(copy, file);
  return [...notes, "the state file was cut off: put back the engine's copy of before the last change"];
}

/** Removes locks of the file backend whose holder is no more: a killed engine leaves its own behind. Says which. */
export function clearDeadLocks(backend: string): string[] {
  return heldByNobody(backend).map(({ file, holder }) => {
    fs.rmSync(file, { force: true });
    return `cleared the lock of process ${holder.pid}, which is no more`;
  });
}

/** Locks whose holder is no more, in words; `clearDeadLocks` removes them. */
export const deadLocks = (backend: string): string[] =>
  heldByNobody(backend).map(({ holder }) => `of process ${holder.pid}`);

const heldByNobody = (backend: string) =>
  locks(backend).filter(({ holder }) => holder.hostname === os.hostname() && !isAlive(holder.pid));

function locks(backend: string): { file: string; holder: { pid: number; hostname: string } }[] {
  const dir = path.join(backend, ".pulumi", "locks");
  if (!fs.existsSync(dir)) return [];
  const names = fs.readdirSync(dir, { recursive: true, encoding: "utf8" }).filter(name => name.endsWith(".json"));
  return names.flatMap(name => {
    const file = path.join(dir, name);
    const holder = readJson<{ pid: number; hostname: string }>(file);
    // Written halfway, as on a full disk: nobody holds it.
    return [{ file, holder: holder ?? { pid: 0, hostname: os.hostname() } }];
  });
}

/** Brings the state back in step with what exists. Gives what it did, a line each; nothing when nothing was amiss. */
export async function recover(options: RecoveryOptions): Promise<string[]> {
  const { backend, kubeconfig } = stateFiles();
  const file = checkpointFile(backend, options.project, options.stack);
  const checkpoint = readJson<{ checkpoint?: { latest?: Checkpoint } }>(file)?.checkpoint?.latest ?? {};
  const pending = checkpoint.pending_operations ?? [];
  const plan = readJson<Plan>(options.plan);
  const known = new Set((checkpoint.resources ?? []).filter(one => !one.pendingReplacement).map(one => one.urn));
  const begun = [...pending.flatMap(fromPending), ...fromPlan(plan)].filter(one => !known.has(one.urn));
  const unique = [...new Map(begun.map(one => [one.urn, one])).values()];
  // A live engine holds the stack: what it is making is its own business.
  if ((pending.length === 0 && unique.length === 0) || locks(backend).length > 0) return [];
  const api = connect(kubeconfig);
  try {
    const since = Date.parse(plan?.manifest?.time ?? "") || 0;
    const found = await Promise.all(unique.map(one => findMade(api, one, since)));
    const made = unique.flatMap((one, index) => (found[index] ? [{ ...one, id: found[index] }] : []));
    const says = pending.map(({ type, resource }) => `${nameOf(resource.urn)} was interrupted while ${type}`);
    const halfReplaced = (checkpoint.resources ?? []).some(one => one.pendingReplacement);
    if (pending.length > 0 || (halfReplaced && made.length > 0)) await clearPending(options);
    if (made.length > 0) await importInto(options, made, plan, known);
    return [...says, ...made.map(one => `${one.kind} ${one.id} had been made and was not written down: imported`)];
  } finally {
    api.close();
  }
}

const nameOf = (urn: string): string => urn.split("::").slice(-2).join(" ").split("$").pop()!;

function fromPending({ type, resource }: { type: string; resource: StateResource }): Begun[] {
  if (type !== "creating") return [];
  return begunOf(resource.urn, resource, resource.inputs);
}

function fromPlan(plan: Plan | undefined): Begun[] {
  return Object.entries(plan?.resourcePlans ?? {}).flatMap(([urn, { goal, steps, state }]) =>
    goal && steps?.some(step => step.startsWith("create")) ? begunOf(urn, goal, state) : [],
  );
}

/** A Kubernetes object whose name is known; of other clouds nothing can be looked up here, and the engine says so. */
function begunOf(
  urn: string,
  { type, parent, provider }: { type: string; parent?: string; provider?: string },
  properties: Record<string, unknown> | undefined,
): Begun[] {
  const { apiVersion, kind, metadata } = properties ?? {};
  const { name, namespace } = (metadata ?? {}) as { name?: unknown; namespace?: unknown };
  if (!type.startsWith("kubernetes:") || !provider) return [];
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string") return [];
  const place = typeof namespace === "string" ? { namespace } : {};
  return [{ urn, type, ...(parent ? { parent } : {}), provider, apiVersion, kind, name, ...place }];
}

/** How much the API server's clock and ours may differ, in milliseconds; both are this machine's, one counts seconds. */
const clockMs = 2_000;

/** The id of an object that a Pulumi run made since `since`, or undefined: what somebody else made is not ours. */
async function findMade(api: Api, one: Begun, since: number): Promise<string | undefined> {
  const kind = await api.kindOf(one.apiVersion, one.kind);
  if (!kind) return undefined;
  let live: KubeObject;
  try {
    live = await api.request("GET", pathOf(one.apiVersion, kind, one.namespace, one.name));
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
  const isOurs = (live.metadata.managedFields ?? []).some(entry => entry.manager.startsWith("pulumi-kubernetes"));
  const madeAt = Date.parse(String(live.metadata.creationTimestamp));
  if (!isOurs || live.metadata.deletionTimestamp || madeAt + clockMs < since) return undefined;
  return live.metadata.namespace ? `${live.metadata.namespace}/${live.metadata.name}` : live.metadata.name;
}

/** The engine's own way to drop pending operations: an export that is imported comes back without them. */
async function clearPending({ dir, stack, env }: RecoveryOptions): Promise<void> {
  const file = path.join(stateFiles().dir, "recovery-state.json");
  const exported = JSON.parse(await capture("pulumi", ["stack", "export", "--stack", stack], { cwd: dir, env })) as {
    deployment: Checkpoint;
  };
  // What was taken away to be made anew is gone; its successor is imported or made.
  exported.deployment.resources = exported.deployment.resources?.filter(one => !one.pendingReplacement);
  fs.writeFileSync(file, JSON.stringify(exported), { mode: 0o600 });
  await capture("pulumi", ["stack", "import", "--stack", stack, "--file", file], { cwd: dir, env });
  fs.rmSync(file);
}

/** `pulumi import`: the provider itself reads the objects, so that the state holds what it would hold. */
async function importInto(
  { dir, stack, env }: RecoveryOptions,
  made: (Begun & { id: string })[],
  plan: Plan | undefined,
  known: Set<string>,
): Promise<void> {
  const file = path.join(stateFiles().dir, "recovery-import.json");
  // Components above them may be missing too, where the state is an older copy; and parents go before children.
  const components = new Map<string, string>();
  const addComponents = (urn: string | undefined): void => {
    const goal = urn === undefined || known.has(urn) ? undefined : plan?.resourcePlans?.[urn]?.goal;
    if (!urn || !goal || components.has(urn)) return;
    addComponents(goal.parent);
    components.set(urn, goal.type);
  };
  for (const one of made) addComponents(one.parent);
  const parentOf = (urn: string) => plan?.resourcePlans?.[urn]?.goal?.parent;
  const all = [
    ...[...components].map(([urn, type]) => ({ urn, type, parent: parentOf(urn), component: true })),
    ...made.map(({ urn, type, id, parent, provider }) => ({ urn, type, id, parent, provider: providerUrn(provider) })),
  ];
  const table = [...new Set(all.flatMap(one => [one.parent, "provider" in one ? one.provider : undefined]))].filter(
    (urn): urn is string => urn !== undefined && !components.has(urn),
  );
  // Names only have to be each another's; the logical name is the resource's own.
  const alias = (urn: string) => `r${[...components.keys(), ...table].indexOf(urn)}`;
  const resources = all.map(({ urn, parent, ...one }, index) => ({
    ...one,
    name: components.has(urn) ? alias(urn) : `made${index}`,
    logicalName: urn.split("::").pop(),
    ...(parent ? { parent: alias(parent) } : {}),
    ...("provider" in one ? { provider: alias(one.provider) } : {}),
  }));
  const nameTable = Object.fromEntries(table.map(urn => [alias(urn), urn]));
  fs.writeFileSync(file, JSON.stringify({ nameTable, resources }));
  // The objects exist already; what the next preview makes of them is judged there, under the gate.
  const ungated = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_OPTION_")));
  await capture(
    "pulumi",
    [
      ...["import", "--stack", stack, "--file", file, "--yes", "--skip-preview"],
      ...["--protect=false", "--generate-code=false", "--non-interactive", "--color", "never"],
    ],
    { cwd: dir, env: ungated },
  );
  fs.rmSync(file);
}

/** A reference to a provider is `<urn>::<id>`; the URN itself has four parts. */
const providerUrn = (reference: string): string => reference.split("::").slice(0, 4).join("::");

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}
