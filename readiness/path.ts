import type { Calendar } from "../model/working-time";
import { nextWorking, workedUntil } from "../model/working-time";
import type { Blocker } from "./blockers";

/** When people work, by owner, and the moment that hours are counted from; those of whom nothing is said work round the clock. */
export interface WorkingTimes {
  fromMs: number;
  calendars: ReadonlyMap<string, Calendar>;
}

/** When each blocker is worked on, in hours from the start. */
export interface Slot {
  id: string;
  start: number;
  end: number;
}

interface Planned extends Slot {
  /** When it could begin: what it waits for is done. Who does it may begin later, by their calendar. */
  ready: number;
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
export function pathToGo(blockers: readonly Blocker[], seed = 1, times?: WorkingTimes): PathToGo {
  const worst = slotsOf(blockers, one => one.hours[1], times);
  const least = finish(slotsOf(blockers, one => one.hours[0], times));
  const next = randomFrom(seed);
  const ends = Array.from({ length: samples }, () =>
    finish(slotsOf(blockers, ({ hours: [low, high] }) => triangular(low, high, next()), times)),
  ).sort((a, b) => a - b);
  const at = (share: number) => rounded(ends[Math.ceil(share * samples) - 1] ?? 0);
  const whole = { least: rounded(least), most: rounded(finish(worst)), p50: at(0.5), p90: at(0.9) };
  const slots = worst.map(({ id, start, end }): Slot => ({ id, start, end }));
  return { critical: criticalChain(blockers, worst), slots, ...whole, seed, samples };
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
function slotsOf(blockers: readonly Blocker[], hoursOf: (one: Blocker) => number, times?: WorkingTimes): Planned[] {
  const byId = new Map(blockers.map(one => [one.id, one]));
  const done = new Map<string, Planned>();
  const busy = new Map<string, number>();
  const walk = (one: Blocker, above: readonly string[]): void => {
    if (done.has(one.id)) return;
    const before = one.dependsOn.filter(id => byId.has(id) && id !== one.id && !above.includes(id));
    for (const id of before) walk(byId.get(id)!, [...above, one.id]);
    const free = one.owner === undefined ? 0 : (busy.get(one.owner) ?? 0);
    const ready = Math.max(free, 0, ...before.map(id => done.get(id)?.end ?? 0));
    const { start, end } = worked(one, ready, hoursOf(one), times);
    if (one.owner !== undefined) busy.set(one.owner, end);
    done.set(one.id, { id: one.id, ready, start, end });
  };
  for (const one of blockers) walk(one, []);
  return blockers.map(one => done.get(one.id)!);
}

const hourMs = 3_600_000;

/** When a repair begins and ends, in hours from the start, by the calendar of who does it. */
function worked(one: Blocker, ready: number, hours: number, times?: WorkingTimes): { start: number; end: number } {
  const calendar = one.owner === undefined ? undefined : times?.calendars.get(one.owner);
  if (!times || !calendar) return { start: ready, end: ready + hours };
  const start = nextWorking(calendar, times.fromMs + ready * hourMs);
  const end = workedUntil(calendar, start, hours * hourMs);
  return { start: (start - times.fromMs) / hourMs, end: (end - times.fromMs) / hourMs };
}

/** From the last to end back to the one it waited for, be it a dependency or the same person's work. */
function criticalChain(blockers: readonly Blocker[], slots: readonly Planned[]): string[] {
  const chain: string[] = [];
  let at: Planned | undefined = [...slots].sort((a, b) => b.end - a.end || (a.id < b.id ? -1 : 1))[0];
  while (at && !chain.includes(at.id)) {
    chain.unshift(at.id);
    const { id, ready } = at;
    const one = blockers.find(other => other.id === id)!;
    const waitedFor = (slot: Slot) =>
      one.dependsOn.includes(slot.id) ||
      (one.owner !== undefined && blockers.find(other => other.id === slot.id)!.owner === one.owner);
    at = ready === 0 ? undefined : slots.find(slot => slot.id !== id && slot.end === ready && waitedFor(slot));
  }
  return chain;
}
