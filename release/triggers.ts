import type { Triggers } from "./settings";

/** What takes a release back by itself, and what people decide (S-083, S-084). */
export interface Limits {
  errorRate: number;
  p95Ms: number;
  /** Where each comes from. */
  from: { errorRate: string; p95Ms: string };
  /** Where two sources do not say the same; the stricter counts. */
  conflicts: string[];
}

/** The documents' own (S-083), where nobody says another. */
export const documented: Triggers = { errorRate: 0.05, p95Ms: 5_000, from: "document 3, automatic triggers" };
export const manualTriggers = ["a business figure is off", "a health check failed", "somebody asks for it"] as const;

/** The strictest of all triggers; where they differ, that is reported and not settled silently. */
export function strictest(all: readonly Triggers[]): Limits {
  const pick = (key: "errorRate" | "p95Ms", show: (value: number) => string) => {
    const given = [...all, documented].flatMap(one =>
      one[key] === undefined ? [] : [{ value: one[key], from: one.from }],
    );
    const least = given.reduce((a, b) => (b.value < a.value ? b : a));
    const others = given.filter(one => one.value !== least.value);
    return {
      ...least,
      conflicts:
        others.length === 0
          ? []
          : [
              `${key === "errorRate" ? "error rate" : "P95"}: ${show(least.value)} (${least.from}) counts, not ${others.map(one => `${show(one.value)} (${one.from})`).join(", ")}`,
            ],
    };
  };
  const errors = pick("errorRate", value => `${Number((value * 100).toFixed(2))} %`);
  const slow = pick("p95Ms", value => `${value} ms`);
  return {
    errorRate: errors.value,
    p95Ms: slow.value,
    from: { errorRate: errors.from, p95Ms: slow.from },
    conflicts: [...errors.conflicts, ...slow.conflicts],
  };
}

/** What a version answered since a stage began. */
export interface Measure {
  requests: number;
  failed: number;
  p95Ms: number;
}

/** Reads what `commands.measure` printed; undefined where it is none. */
export function readMeasure(text: string): Measure | undefined {
  try {
    const { requests, failed, p95Ms } = JSON.parse(text.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
    if (!isCount(requests) || !isCount(failed) || failed > requests) return undefined;
    if (requests > 0 && !(typeof p95Ms === "number" && p95Ms >= 0)) return undefined;
    return { requests, failed, p95Ms: typeof p95Ms === "number" ? p95Ms : 0 };
  } catch {
    return undefined;
  }
}

/** A limit that was broken, with the value. */
export interface Trigger {
  name: "high_error_rate" | "high_latency" | "unhealthy" | "not measured" | "manual";
  text: string;
}

/** Whether a measure breaks a limit. Too few requests say nothing of a rate, unless every limit is broken many times over. */
export function triggered(measure: Measure, limits: Limits, least: number): Trigger | undefined {
  if (measure.requests < least) return undefined;
  const rate = measure.failed / measure.requests;
  const percent = (value: number) => `${Number((value * 100).toFixed(2))} %`;
  if (rate > limits.errorRate)
    return {
      name: "high_error_rate",
      text: `${percent(rate)} of ${measure.requests} requests failed; at most ${percent(limits.errorRate)} (${limits.from.errorRate})`,
    };
  if (measure.p95Ms > limits.p95Ms)
    return {
      name: "high_latency",
      text: `P95 is ${Math.round(measure.p95Ms)} ms; at most ${limits.p95Ms} ms (${limits.from.p95Ms})`,
    };
  return undefined;
}
