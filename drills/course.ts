/** A clock that only goes forward, and one on the wall that somebody may set; both in milliseconds. */
export interface Clock {
  monotonicMs: () => number;
  wallMs: () => number;
}

export const systemClock: Clock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };

export interface Step {
  name: string;
  /** Milliseconds since the drill began. */
  atMs: number;
  tookMs: number;
}

/** Something that was looked at, and what was seen. */
export interface Observation {
  claim: string;
  holds: boolean;
  seen: string;
}

export interface Measured {
  name: string;
  value: number | boolean;
  unit?: string;
  samples: number;
}

/** The repair itself did not work: that is what the drill is there to find out. */
export class RepairFailed extends Error {}

/**
 * What happened in a drill, in order, timed by a clock that only goes forward. Proofs say that it was a drill at all: one that does
 * not hold makes it invalid. Checks say whether what it is about went well: one that does not hold makes it failed.
 */
export class Course {
  readonly steps: Step[] = [];
  readonly proofs: Observation[] = [];
  readonly checks: Observation[] = [];
  readonly measured: Measured[] = [];
  readonly moments: { name: string; atMs: number }[] = [];
  readonly startedWallMs: number;
  readonly #startedMs: number;

  constructor(
    readonly clock: Clock,
    readonly say: (text: string) => void,
  ) {
    this.#startedMs = clock.monotonicMs();
    this.startedWallMs = clock.wallMs();
  }

  /** Milliseconds since the drill began. */
  now = (): number => this.clock.monotonicMs() - this.#startedMs;

  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.say(name);
    const atMs = this.now();
    const result = await work();
    // A step that did not end was not taken.
    this.steps.push({ name, atMs: Math.round(atMs), tookMs: Math.round(this.now() - atMs) });
    return result;
  }

  /** Notes a moment such as the fault; gives its time. */
  moment(name: string): number {
    const atMs = this.now();
    this.moments.push({ name, atMs: Math.round(atMs) });
    return atMs;
  }

  proof(claim: string, holds: boolean, seen: string): void {
    this.proofs.push({ claim, holds, seen });
  }

  check(claim: string, holds: boolean, seen: string): void {
    this.checks.push({ claim, holds, seen });
  }

  measure(name: string, value: number | boolean, samples: number, unit?: string): void {
    const rounded = typeof value === "number" ? Math.round(value * 100) / 100 : value;
    this.measured.push({ name, value: rounded, samples, ...(unit ? { unit } : {}) });
  }
}
