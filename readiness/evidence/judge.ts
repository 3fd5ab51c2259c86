import type { EvidenceKind } from "../../model/evidence";
import { aboutAnyChange, givenByRunning } from "../../model/evidence";
import { limits } from "../../model/limits";
import type { Outcome } from "../../model/outcome";
import { worstOutcome } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import type { Held } from "../../policies/engine/held";
import type { Item } from "../../policies/items/item";
import { isNobody } from "../court/words";
import type { Evidence, Imported } from "./imported";
import { enoughForP95, shareBounds } from "./samples";

/** What is expected of a stack's evidence: who makes it, and who answers for it (`stacks/<env>/evidence.yaml`). */
export interface Expected {
  kind: EvidenceKind;
  owner: string;
  milestone?: string | undefined;
  /** The key that has to vouch for it on production, by its name in the trust root. */
  producer?: string | undefined;
  /** Files and folders of the checkout that it exercised: when one of them changes, it is old. */
  covers?: readonly string[] | undefined;
}

export interface Setting {
  stack: string;
  tier: Tier;
  nowMs: number;
  register: readonly Expected[];
  /** What the stack holds that evidence has to be about: digests of images, and how many objectives. */
  holds?: Held;
  /** When the stack was deployed first, by the engine's own history; null where it never was, absent where nobody asked. */
  deployedMs?: number | null;
  /** Whose evidence counts as well in the first days, where it is of the same system but for sizes (decision 15). */
  staging?: { stack: string; spec: string };
  /** Files that are others now than at a commit; undefined for a commit that is not known. */
  changedSince?: (commit: string) => readonly string[] | undefined;
}

/** What one need of an item came to. */
export interface JudgedNeed {
  /** The kind of evidence, or "attestation". */
  need: EvidenceKind | "attestation";
  state: Outcome;
  reason: string;
  /** How much was looked at: requests, cases, files. */
  inspected: number;
  file?: string;
  /** Whether somebody known vouches for it. */
  signed: boolean;
  /** Older evidence of the same kind and format that the newest one stands in for. */
  superseded: number;
}

const dayMs = 86_400_000;
/** How far a clock may be ahead of ours. */
const skewMs = 300_000;

/** Judges all that an item needs besides rules, each by itself; every item is asked the same of the same file. */
export function judgeNeeds(item: Item, evidence: Evidence, setting: Setting): JudgedNeed[] {
  const kinds = item.evidence.map(({ kind, freshDays }) => {
    const unasked = notAsked(setting, kind);
    return unasked ? { need: kind, ...unasked } : judgeKind(kind, freshDays, evidence, setting);
  });
  const said = item.attestations.map(statement => {
    const unasked = notAsked(setting);
    return unasked ? { need: "attestation" as const, ...unasked } : judgeAttestation(item, statement, evidence, setting);
  });
  return [...kinds, ...said];
}

/** Why a kind of evidence, or people's word, is not asked of a stack, with the proof; undefined where it is. */
function notAsked({ tier, holds, deployedMs }: Setting, kind?: EvidenceKind): Omit<JudgedNeed, "need"> | undefined {
  const because = (reason: string) =>
    ({ state: "not applicable", reason, inspected: 0, signed: false, superseded: 0 }) as const;
  if (holds && holds.serving === 0 && !(kind && aboutAnyChange.has(kind)))
    return because("the stack holds nothing that serves; it is asked of the stack that does");
  // What never ran cannot be measured; whatever lies there is of something else.
  if (tier === "staging" && deployedMs === null && kind && givenByRunning.has(kind))
    return because("it is asked from the first deployment on: nothing has run here yet");
  return undefined;
}

/**
 * A newer file stands in for older ones of its format and images, where it counts in all else: one that is simulated, unsigned or
 * from elsewhere hides no failure. Of those that are left the worst decides.
 */
function judgeKind(kind: EvidenceKind, freshDays: number, evidence: Evidence, setting: Setting): JudgedNeed {
  const all = evidence.imported
    .filter(one => one.kind === kind)
    .map(one => ({ one, facts: judgeFacts(one, setting.tier), standing: standingOf(one, freshDays, setting) }));
  if (all.length === 0)
    return { need: kind, state: "unverifiable", reason: `no ${kind} is there`, inspected: 0, signed: false, superseded: 0 };
  const keyOf = ({ format, images }: Imported) => [format, ...(images ?? [])].join(" ");
  const newest = new Map<string, number>();
  for (const { one, facts, standing } of all)
    if (standing === undefined && facts.state !== "unverifiable")
      newest.set(keyOf(one), Math.max(newest.get(keyOf(one)) ?? -Infinity, one.endedMs!));
  const deciding = all.filter(({ one }) => !((one.endedMs ?? Infinity) < (newest.get(keyOf(one)) ?? -Infinity)));
  // Bad evidence is bad whoever made it; good evidence counts only where all else is right.
  const judged = deciding.map(({ one, facts, standing }) => ({ one, ...(facts.state === "met" && standing ? { ...facts, ...standing } : facts) }));
  const counted = judged.filter(one => one.state === "met").map(({ one }) => one);
  const gap = gapOf(kind, counted, setting);
  const state = worstOutcome([...judged.map(one => one.state), ...(gap ? ["unverifiable" as const] : [])]);
  if (gap && state === "unverifiable" && !judged.some(one => one.state === "unverifiable"))
    return { ...summaryOf(kind, judged, all.length), state, reason: gap };
  const decisive = judged
    .filter(one => one.state === state)
    .sort((a, b) => (a.one.file < b.one.file ? -1 : a.one.file > b.one.file ? 1 : 0))[0]!;
  const { environment, file } = decisive.one;
  const isFromStaging = state === "met" && environment !== undefined && environment !== setting.stack;
  const reason = isFromStaging ? `${decisive.reason} (from ${environment})` : decisive.reason;
  return { ...summaryOf(kind, judged, all.length), state, reason, file };
}

const summaryOf = (kind: EvidenceKind, judged: readonly { one: Imported; inspected: number }[], all: number) => ({
  need: kind,
  inspected: judged.reduce((sum, one) => sum + one.inspected, 0),
  signed: judged.every(({ one }) => one.producer !== undefined),
  superseded: all - judged.length,
});

/** What the stack holds and no evidence that counts is about: a scan of one image says nothing of the next. */
function gapOf(kind: EvidenceKind, counted: readonly Imported[], { holds }: Setting): string | undefined {
  if (!holds) return undefined;
  if (kind === "image scan") {
    const missing = holds.images.filter(digest => !counted.some(one => one.images?.includes(digest)));
    if (missing.length > 0)
      return `${missing.length} of ${holds.images.length} images have no scan of their digest, such as ${missing[0]!.slice(0, 19)}…`;
  }
  const seen = Math.max(0, ...counted.map(one => one.facts.objectives ?? 0));
  if (kind === "objective snapshot" && seen < holds.objectives)
    return `${seen} of ${holds.objectives} objectives were looked at`;
  return undefined;
}

type Judged = Pick<JudgedNeed, "state" | "reason" | "inspected">;
const unverifiable = (reason: string, inspected = 0): Judged => ({ state: "unverifiable", reason, inspected });

/** Why a file does not count, whatever it says; undefined where it does. */
function standingOf(one: Imported, freshDays: number, setting: Setting): Omit<Judged, "inspected"> | undefined {
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
  if (database !== undefined && one.endedMs - database > limits[setting.tier].scannerDatabaseMs)
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
  const hit = changed.find(file => covers.some(cover => file === cover || file.startsWith(`${cover.replace(/\/$/, "")}/`)));
  return hit === undefined ? undefined : { state: "stale", reason: `${hit}, which it covers, changed since ${one.commit.slice(0, 12)}` };
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
const met = (reason: string, inspected: number): Judged => ({ state: "met", reason, inspected });
const notMet = (reason: string, inspected: number): Judged => ({ state: "not met", reason, inspected });

/** S-071: the core endpoints that a test of the API has to cover at least. */
const fewestTests = 5;

/** What the facts say by themselves. */
function judgeFacts({ kind, facts }: Imported, tier: Tier): Judged {
  const limit = limits[tier];
  const { total, failed, inspected = 0 } = facts;
  switch (kind) {
    case "load test":
    case "stress test": {
      if (!total) return unverifiable("it counts no request", 0);
      if (failed === undefined || failed > total) return unverifiable("it does not say how many requests failed", total);
      if (facts.p95Ms === undefined) return unverifiable("it gives no P95", total);
      const bounds = shareBounds(failed, total);
      const rate = `${failed} of ${total} requests failed (${percent(failed / total)})`;
      if (kind === "stress test") return met(`the limit was looked for with ${total} requests`, total);
      if (facts.p95Ms >= limit.p95Ms) return notMet(`P95 is ${facts.p95Ms} ms; need below ${limit.p95Ms} ms`, total);
      if (failed / total >= limit.errorRate) return notMet(`${rate}; need below ${percent(limit.errorRate)}`, total);
      if ((facts.brokenLimits ?? 0) > 0) return notMet(`${facts.brokenLimits} of its own limits were broken`, total);
      if (total < enoughForP95) return unverifiable(`${total} requests do not prove a P95; need ${enoughForP95}`, total);
      if (bounds.high >= limit.errorRate)
        return unverifiable(`${rate}, which may be up to ${percent(bounds.high)}: too few to tell`, total);
      return met(`P95 ${facts.p95Ms} ms, ${rate}`, total);
    }
    case "API test": {
      if (!total) return unverifiable("it counts no assertion", 0);
      if (failed === undefined || failed > total) return unverifiable("it does not say how many failed", total);
      if (total < fewestTests) return unverifiable(`${total} tests are too few to tell; need ${fewestTests}`, total);
      const rate = (total - failed) / total;
      const said = `${total - failed} of ${total} passed (${percent(rate)})`;
      return rate < limit.passRate ? notMet(`${said}; need ${percent(limit.passRate)}`, total) : met(said, total);
    }
    case "build report":
    case "probe result":
      if (!total || failed === undefined) return unverifiable("it counts nothing", 0);
      return failed > 0 ? notMet(`${failed} of ${total} failed; need none`, total) : met(`all ${total} are well`, total);
    case "coverage":
      if (inspected === 0 || facts.coverage === undefined) return unverifiable("it counts no line", 0);
      return facts.coverage < limit.coverage
        ? notMet(`${percent(facts.coverage)} of ${inspected} lines; need ${percent(limit.coverage)}`, inspected)
        : met(`${percent(facts.coverage)} of ${inspected} lines`, inspected);
    case "image scan":
    case "source scan":
      if (inspected === 0 || facts.severe === undefined) return unverifiable("it does not say that it looked at anything", 0);
      return facts.severe > limit.severeFindings
        ? notMet(`${facts.severe} severe findings; need ${limit.severeFindings}`, inspected)
        : met(`no severe finding in ${inspected}`, inspected);
    case "SBOM":
      return inspected === 0 ? unverifiable("it lists nothing", 0) : met(`${inspected} components`, inspected);
    case "objective snapshot":
      if (!facts.objectives || facts.missed === undefined) return unverifiable("it holds no objective", 0);
      return facts.missed > 0
        ? notMet(`${facts.missed} of ${facts.objectives} budgets are spent`, facts.objectives)
        : met(`${facts.objectives} budgets are left`, facts.objectives);
    case "alert history": {
      const { pages } = facts;
      if (pages === undefined || total === undefined) return unverifiable("it holds no alert", 0);
      if (pages === 0) return met(`nobody was paged, ${total} alerts`, total);
      if (facts.pagesActedOn === undefined) return unverifiable("it does not say which pages were acted on", total);
      const share = facts.pagesActedOn / pages;
      const said = `${facts.pagesActedOn} of ${pages} pages were acted on`;
      return share < limit.pagesActedOn ? notMet(`${said}; need ${percent(limit.pagesActedOn)}`, total) : met(said, total);
    }
    case "restore drill":
      if (facts.succeeded === false) return notMet("the restore did not succeed", 1);
      if (facts.succeeded === undefined) return unverifiable("it does not say that the restore succeeded", 0);
      return times([
        ["RTO", facts.rtoMs, limit.rtoMs],
        ["RPO", facts.rpoMs, limit.rpoMs],
      ]);
    case "rollback drill":
      if (facts.succeeded === false) return notMet("the rollback did not succeed", 1);
      if (facts.succeeded === undefined) return unverifiable("it does not say that the rollback succeeded", 0);
      return times([["the rollback", facts.rollbackMs, limit.rollbackMs]]);
    default:
      // Drills of failures, records of changes and rollouts, samples: whether what they are about went well, by their word.
      if (facts.succeeded === undefined) return unverifiable("it does not say how it ended", 0);
      return facts.succeeded ? met("it ended well", Math.max(1, total ?? inspected)) : notMet("it did not end well", 1);
  }
}

/** Every time has to be there and below its limit. */
function times(all: [name: string, ms: number | undefined, limitMs: number][]): Judged {
  for (const [name, ms, limitMs] of all)
    if (ms !== undefined && ms >= limitMs)
      return notMet(`${name} took ${Math.round(ms / 1_000)} s; need below ${limitMs / 1_000} s`, 1);
  const missing = all.filter(([, ms]) => ms === undefined || ms < 0).map(([name]) => name);
  if (missing.length > 0) return unverifiable(`it gives no ${missing.join(", no ")}`, 0);
  return met(all.map(([name, ms]) => `${name} ${Math.round(ms! / 1_000)} s`).join(", "), 1);
}

function judgeAttestation(item: Item, statement: string, evidence: Evidence, setting: Setting): JudgedNeed {
  const found = evidence.attestations
    .filter(one => one.item === item.id && one.statement === statement && one.stack === setting.stack)
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  const base = { need: "attestation" as const, inspected: found ? 1 : 0, superseded: 0, signed: found?.signed ?? false };
  if (!found) return { ...base, state: "unverifiable", reason: `nobody has stated: ${statement}` };
  const at = Date.parse(found.at);
  if (isNobody(found.by)) return { ...base, file: found.file, state: "unverifiable", reason: `"${found.by}" is nobody: ${statement}` };
  const file = { file: found.file };
  if (at > setting.nowMs + skewMs) return { ...base, ...file, state: "unverifiable", reason: "stated in the future" };
  if (setting.nowMs - at > attestedDays * dayMs)
    return { ...base, ...file, state: "stale", reason: `stated more than ${attestedDays} days ago` };
  if (setting.tier === "production" && !found.signed)
    return { ...base, ...file, state: "unverifiable", reason: `${found.by} has not signed it: ${statement}` };
  return { ...base, ...file, state: "met", reason: `${found.by}: ${statement}` };
}

/** How long people's word holds; a quarter, as drills of what they speak of are due then. */
const attestedDays = 92;
