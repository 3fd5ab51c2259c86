import type { EvidenceKind } from "../../model/evidence";
import { worstOutcome } from "../../model/outcome";
import type { Item } from "../../policies/items/item";
import { isNobody } from "../court/words";
import { judgeFacts } from "./facts";
import type { Evidence, Imported } from "./imported";
import type { JudgedNeed, Setting } from "./setting";
import { dayMs, limitsOf, skewMs } from "./setting";
import { notAsked, standingOf } from "./standing";

/** Judges all that an item needs besides rules, each by itself; every item is asked the same of the same file. */
export function judgeNeeds(item: Item, evidence: Evidence, setting: Setting): JudgedNeed[] {
  const kinds = item.evidence.map(({ kind, freshDays }) => {
    const unasked = notAsked(setting, kind);
    return unasked ? { need: kind, ...unasked } : judgeKind(kind, freshDays, evidence, setting);
  });
  const said = item.attestations.map(statement => {
    const unasked = notAsked(setting);
    return unasked
      ? { need: "attestation" as const, statement, ...unasked }
      : judgeAttestation(item, statement, evidence, setting);
  });
  const owed = item.id === reviewsItem ? (setting.owed ?? []) : [];
  return [...kinds, ...said, ...owed.map(one => judgeReview(one, evidence, setting))];
}

/** The item that asks for reviews of incidents. */
export const reviewsItem = "E.3.1";

/** What people state once they have reviewed an override; the item it is stated for is `E.3.1`. */
export const reviewOf = (incident: string): string => `override ${incident} was reviewed`;

/** Whether an override was reviewed, after it happened and by somebody: word of it does not get old, for it is owed once. */
function judgeReview(
  { incident, at }: { incident: string; at: string },
  { attestations }: Evidence,
  { stack, tier, nowMs }: Setting,
): JudgedNeed {
  const statement = reviewOf(incident);
  const found = attestations.find(
    one =>
      one.item === reviewsItem &&
      one.statement === statement &&
      one.stack === stack &&
      !isNobody(one.by) &&
      Date.parse(one.at) >= Date.parse(at) &&
      Date.parse(one.at) <= nowMs + skewMs &&
      (tier !== "production" || one.signed),
  );
  const base = {
    need: "attestation" as const,
    statement,
    inspected: found ? 1 : 0,
    superseded: 0,
    signed: found?.signed ?? false,
  };
  if (found) return { ...base, file: found.file, state: "met", reason: `${found.by}: ${statement}` };
  const word = tier === "production" ? "signed word" : "word";
  return {
    ...base,
    state: "not met",
    reason: `deployed on ${at} by an override; there is no ${word} since that "${statement}"`,
  };
}

/**
 * A newer file stands in for older ones of its format, its images and what was exercised, where it counts in all else: one that is simulated, unsigned or
 * from elsewhere hides no failure. Of those that are left the worst decides.
 */
function judgeKind(kind: EvidenceKind, freshDays: number, evidence: Evidence, setting: Setting): JudgedNeed {
  const all = evidence.imported
    .filter(one => one.kind === kind)
    .map(one => ({ one, facts: judgeFacts(one, limitsOf(setting)), standing: standingOf(one, freshDays, setting) }));
  if (all.length === 0)
    return {
      need: kind,
      state: "unverifiable",
      reason: `no ${kind} is there`,
      inspected: 0,
      signed: false,
      superseded: 0,
    };
  const keyOf = ({ format, what, images }: Imported) => JSON.stringify([format, what, images ?? []]);
  const newest = new Map<string, number>();
  for (const { one, facts, standing } of all)
    if (standing === undefined && facts.state !== "unverifiable")
      newest.set(keyOf(one), Math.max(newest.get(keyOf(one)) ?? -Infinity, one.endedMs!));
  const deciding = all.filter(({ one }) => !((one.endedMs ?? Infinity) < (newest.get(keyOf(one)) ?? -Infinity)));
  // Bad evidence is bad whoever made it; good evidence counts only where all else is right.
  const judged = deciding.map(({ one, facts, standing }) => ({
    one,
    ...(facts.state === "met" && standing ? { ...facts, ...standing } : facts),
  }));
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
  if (kind === "restore drill") {
    const missing = holds.stores.filter(name => !counted.some(one => one.stores?.includes(name)));
    if (missing.length > 0)
      return `${missing.length} of ${holds.stores.length} stores have no restore that counts: ${missing.join(", ")}`;
  }
  const seen = Math.max(0, ...counted.map(one => one.facts.objectives ?? 0));
  if (kind === "objective snapshot" && seen < holds.objectives)
    return `${seen} of ${holds.objectives} objectives were looked at`;
  return undefined;
}

function judgeAttestation(item: Item, statement: string, evidence: Evidence, setting: Setting): JudgedNeed {
  const found = evidence.attestations
    .filter(one => one.item === item.id && one.statement === statement && one.stack === setting.stack)
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  const base = {
    need: "attestation" as const,
    statement,
    inspected: found ? 1 : 0,
    superseded: 0,
    signed: found?.signed ?? false,
  };
  if (!found) return { ...base, state: "unverifiable", reason: `nobody has stated: ${statement}` };
  const at = Date.parse(found.at);
  if (isNobody(found.by))
    return { ...base, file: found.file, state: "unverifiable", reason: `"${found.by}" is nobody: ${statement}` };
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
