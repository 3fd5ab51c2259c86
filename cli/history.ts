import { capture } from "../local/process";
import { sealType } from "../policies/engine/seal";
import type { Permission } from "../policies/permission";
import type { Project } from "./project";

/** What a stack's own backend tells of its past: it is kept where nobody's laptop can lose it. */
export interface History {
  /** When it was deployed first, in milliseconds since 1970; null where it never was. */
  deployedMs: number | null;
  /** Overrides since the last release, whose reviews are owed. */
  owed: Owed[];
  /** Ids of passports that something was deployed under. */
  passports: string[];
}

/** An override that something was deployed by, and when. */
export interface Owed {
  incident: string;
  at: string;
}

interface Update {
  kind: string;
  result: string;
  startTime: string;
  message?: string;
}

const messages = {
  override: /^greenlight: override (\S+) [0-9a-f]{64}$/,
  rollback: /^greenlight: rollback to passport [0-9a-f]{64}(?:, owing ([^ ]+(?: [^ ]+)*))?$/,
  release: /^greenlight: release of passport ([0-9a-f]{64})$/,
};

/**
 * What the backend is told of an update.
 * @param owed what a rollback leaves owed: it takes the note of an override out of the state
 */
export function messageOf({ override, rollbackTo, document }: Permission, owed: readonly Owed[] = []): string {
  if (override) return `greenlight: override ${override.predicate.incident} ${document}`;
  if (rollbackTo === undefined) return `greenlight: release of passport ${document}`;
  const owing = owed.length === 0 ? "" : `, owing ${owed.map(one => one.incident).join(" ")}`;
  return `greenlight: rollback to passport ${document}${owing}`;
}

export async function readHistory(project: Project, stack: string, env: NodeJS.ProcessEnv): Promise<History> {
  const ask = async (...args: string[]): Promise<unknown> =>
    JSON.parse(await capture("pulumi", [...args, "--stack", stack, "--non-interactive"], { cwd: project.dir, env }));
  const updates = (await ask("stack", "history", "--json", "--page-size", "100000")) as Update[];
  return historyFrom(updates, await ask("stack", "export"));
}

/** The same from the backend's list of updates and the stack's state, as the engine prints them. */
export function historyFrom(all: readonly Update[], state: unknown): History {
  const updates = all
    .filter(one => one.kind === "update")
    .sort((a, b) => Date.parse(b.startTime) - Date.parse(a.startTime));
  const succeeded = updates.filter(one => one.result === "succeeded");
  const owed: Owed[] = [];
  for (const { message = "", result, startTime } of updates) {
    const at = new Date(startTime).toISOString();
    const [, incident] = messages.override.exec(message) ?? [];
    // One that failed half-way changed something too.
    if (incident !== undefined) owed.push({ incident, at });
    for (const one of messages.rollback.exec(message)?.[1]?.split(" ") ?? []) owed.push({ incident: one, at });
    // A release of ours was judged with every review that was owed; a rollback, or what was run by hand, was not.
    if (result === "succeeded" && messages.release.test(message)) break;
  }
  const sealed = sealedOverride(state);
  if (sealed !== undefined && !owed.some(one => one.incident === sealed)) {
    // Somebody ran the engine by hand: the state knows it, the history has another message.
    const last = updates[0] ? new Date(updates[0].startTime).toISOString() : "";
    owed.push({ incident: sealed, at: last });
  }
  return {
    deployedMs: succeeded.length > 0 ? Date.parse(succeeded.at(-1)!.startTime) : null,
    // An incident is owed once, from when it was last.
    owed: owed.filter((one, index) => owed.findIndex(two => two.incident === one.incident) === index).reverse(),
    passports: succeeded.flatMap(({ message }) => messages.release.exec(message ?? "")?.[1] ?? []),
  };
}

/** The incident of the override by which the stack was updated last, as the Seal in its state says. */
function sealedOverride(state: unknown): string | undefined {
  const { deployment } = state as { deployment?: { resources?: { type: string; inputs?: Record<string, unknown> }[] } };
  const seal = deployment?.resources?.find(one => one.type === sealType);
  const { overridden } = seal?.inputs ?? {};
  return typeof overridden === "string" ? overridden.split(" ")[0] : undefined;
}
