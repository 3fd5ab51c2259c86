import type { EvidenceKind } from "../../model/evidence";
import { aboutAnyChange, givenByRunning } from "../../model/evidence";
import type { Imported } from "./imported";
import type { Judged, JudgedNeed, Setting } from "./setting";
import { dayMs, limitsOf, skewMs } from "./setting";

/** Whose evidence counts, where and how long (decision 15): what is asked of a stack at all, and why a file does not count. */

/** Why a kind of evidence, or people's word, is not asked of a stack, with the proof; undefined where it is. */
export function notAsked(
  { tier, holds, deployedMs }: Setting,
  kind?: EvidenceKind,
): Omit<JudgedNeed, "need"> | undefined {
  const because = (reason: string) =>
    ({ state: "not applicable", reason, inspected: 0, signed: false, superseded: 0 }) as const;
  if (holds && holds.serving === 0 && !(kind && aboutAnyChange.has(kind)))
    return because("the stack holds nothing that serves; it is asked of the stack that does");
  // What never ran cannot be measured; whatever lies there is of something else.
  if (tier === "staging" && deployedMs === null && kind && givenByRunning.has(kind))
    return because("it is asked from the first deployment on: nothing has run here yet");
  return undefined;
}

/** Why a file does not count, whatever it says; undefined where it does. */
export function standingOf(one: Imported, freshDays: number, setting: Setting): Omit<Judged, "inspected"> | undefined {
  const cannotTell = (reason: string) => ({ state: "unverifiable" as const, reason });
  if (one.simulated !== undefined) return { state: "simulated", reason: one.simulated };
  if (one.conflict !== undefined) return cannotTell(one.conflict);
  if (one.environment !== undefined && one.environment !== setting.stack) {
    const why = notFromStaging(one, setting);
    if (why) return cannotTell(why);
  }
  if (one.endedMs === undefined) return cannotTell("nothing says when it was gathered");
  if (one.endedMs > setting.nowMs + skewMs) return cannotTell("it says it was gathered in the future");
  const days = Math.floor((setting.nowMs - one.endedMs) / dayMs);
  if (setting.nowMs - one.endedMs > freshDays * dayMs)
    return { state: "stale", reason: `it is ${days} days old; it counts for ${freshDays}` };
  const changed = changeOf(one, setting);
  if (changed) return changed;
  const database = one.facts.databaseAt;
  if (database !== undefined && one.endedMs - database > limitsOf(setting).scannerDatabaseMs)
    return { state: "stale", reason: "the scanner's database was more than a day old" };
  if (setting.tier !== "production") return undefined;
  const expected = setting.register.find(other => other.kind === one.kind)?.producer;
  if (one.producer === undefined) return cannotTell("nobody whom the trust root knows has signed for it");
  if (expected === undefined) return cannotTell("the register names no producer for it");
  if (one.producer !== expected) return cannotTell(`${one.producer} signed for it, not ${expected}`);
  if (one.environment === undefined) return cannotTell("nothing says where it was gathered");
  return undefined;
}

/** How long after the first deployment staging's evidence still counts. */
const ownFromDay = 35;

/** Why evidence of another environment does not count here; undefined where decision 15 lets it. */
function notFromStaging(one: Imported, { stack, nowMs, deployedMs, staging }: Setting): string | undefined {
  const elsewhere = `it was gathered in ${one.environment}, not in ${stack}`;
  if (!staging || one.environment !== staging.stack || deployedMs === undefined) return elsewhere;
  if (deployedMs !== null && nowMs - deployedMs >= ownFromDay * dayMs)
    return `${elsewhere}; from day ${ownFromDay} its own is needed`;
  if (one.config !== staging.spec) return `${elsewhere}, on a system that is not the same but for sizes`;
  return undefined;
}

/** Whether something that a file covers changed since the commit it was gathered at, where the register says what it covers. */
function changeOf(one: Imported, { register, changedSince }: Setting): Omit<Judged, "inspected"> | undefined {
  const covers = register.find(other => other.kind === one.kind)?.covers;
  if (!covers || covers.length === 0 || !changedSince) return undefined;
  if (one.commit === undefined) return { state: "unverifiable", reason: "nothing says of which commit it is" };
  const changed = changedSince(one.commit);
  if (!changed) return { state: "unverifiable", reason: `its commit ${one.commit.slice(0, 12)} is not known here` };
  const hit = changed.find(file =>
    covers.some(cover => file === cover || file.startsWith(`${cover.replace(/\/$/, "")}/`)),
  );
  return hit === undefined
    ? undefined
    : { state: "stale", reason: `${hit}, which it covers, changed since ${one.commit.slice(0, 12)}` };
}
