import type { Blocker } from "./blockers";

/** When each blocker is worked on, in hours from the start. */
export interface Slot {
  id: string;
  start: number;
  end: number;
}

/** How a repair goes: who does what when, what it hangs on, and when it is likely to be over. */
export interface PathToGo {
  /** The chain that takes longest, when everything takes as long as it may. */
  critical: string[];
  /** Slots when everything takes as long as it may. */
  slots: Slot[];
  /** Hours until the review can be run again and is through: at best, at worst, and by sampling. */
  least: number;
  most: number;
  p50: number;
  p90: number;
  seed: number;
  samples: number;
}

/** Hours the review takes once everything is repaired (S-027). */
const reviewHours = 1;
const samples = 10_000;

/**
 * The path to GO. A blocker waits for those it depends on; people do one thing at a time, in the order of the blockers, and
 * what nobody owns is thought to be done beside the rest, though nobody does it.
 */
export function pathToGo(blockers: readonly Blocker[], seed = 1): PathToGo {
  const worst = slotsOf(blockers, one => one.hours[1]);
  const least = finish(slotsOf(blockers, one => one.hours[0]));
  const next = randomFrom(seed);
  const ends = Array.from({ length: samples }, () =>
    finish(slotsOf(blockers, ({ hours: [low, high] }) => triangular(low, high, next()))),
  ).sort((a, b) => a - b);
  const at = (share: number) => rounded(ends[Math.ceil(share * samples) - 1] ?? 0);
  const whole = { least: rounded(least), most: rounded(finish(worst)), p50: at(0.5), p90: at(0.9) };
  return { critical: criticalChain(blockers, worst), slots: worst, ...whole, seed, samples };
}

const rounded = (hours: number): number => Math.round(hours * 100) / 100;

/** The end of the last repair and of the review after it; nothing to repair takes no time. */
const finish = (slots: readonly Slot[]): number =>
  slots.length === 0 ? 0 : Math.max(...slots.map(one => one.end)) + reviewHours;

/** The most likely value lies a third of the way up: repairs take longer rather than shorter. */
function triangular(low: number, high: number, u: number): number {
  if (high <= low) return low;
  const mode = low + (high - low) / 3;
  const cut = (mode - low) / (high - low);
  return u < cut
    ? low + Math.sqrt(u * (high - low) * (mode - low))
    : high - Math.sqrt((1 - u) * (high - low) * (high - mode));
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Slots in an order in which nothing comes before what it waits for; a circle is cut where it closes. */
function slotsOf(blockers: readonly Blocker[], hoursOf: (one: Blocker) => number): Slot[] {
  const byId = new Map(blockers.map(one => [one.id, one]));
  const done = new Map<string, Slot>();
  const busy = new Map<string, number>();
  const walk = (one: Blocker, above: readonly string[]): void => {
    if (done.has(one.id)) return;
    const before = one.dependsOn.filter(id => byId.has(id) && id !== one.id && !above.includes(id));
    for (const id of before) walk(byId.get(id)!, [...above, one.id]);
    const ready = Math.max(0, ...before.map(id => done.get(id)?.end ?? 0));
    const start = one.owner === undefined ? ready : Math.max(ready, busy.get(one.owner) ?? 0);
    const end = start + hoursOf(one);
    if (one.owner !== undefined) busy.set(one.owner, end);
    done.set(one.id, { id: one.id, start, end });
  };
  for (const one of blockers) walk(one, []);
  return blockers.map(one => done.get(one.id)!);
}

/** From the last to end back to the one it waited for, be it a dependency or the same person's work. */
function criticalChain(blockers: readonly Blocker[], slots: readonly Slot[]): string[] {
  const chain: string[] = [];
  let at: Slot | undefined = [...slots].sort((a, b) => b.end - a.end || (a.id < b.id ? -1 : 1))[0];
  while (at && !chain.includes(at.id)) {
    chain.unshift(at.id);
    const { id, start } = at;
    const one = blockers.find(other => other.id === id)!;
    const waitedFor = (slot: Slot) =>
      one.dependsOn.includes(slot.id) ||
      (one.owner !== undefined && blockers.find(other => other.id === slot.id)!.owner === one.owner);
    at = start === 0 ? undefined : slots.find(slot => slot.id !== id && slot.end === start && waitedFor(slot));
  }
  return chain;
}
