import { Cron } from "croner";

/** How often something comes round: cron schedules and durations, in UTC. */

/** Far enough that a yearly schedule shows its gap, and no run is looked at twice. */
const horizonDays = 800;
/** The most runs that are looked at; enough for a fortnight of a run a minute. */
const mostRuns = 20_000;
/** Gaps are looked for from a fixed day, so that the same schedule always gives the same answer. */
const from = new Date("2026-01-01T00:00:00Z");

/**
 * The longest time between two runs of a cron schedule, in minutes, or undefined when it cannot be read or never runs
 * twice. Five fields, or six with seconds first as CloudNativePG wants them; `@daily` and its like too.
 */
export function worstGapMinutes(schedule: string): number | undefined {
  const runs = runsOf(schedule);
  if (!runs) return undefined;
  let worst = 0;
  let before = runs.nextRun(from);
  if (!before) return undefined;
  const end = from.getTime() + horizonDays * 86_400_000;
  for (let count = 0; count < mostRuns; count++) {
    const next: Date | null = runs.nextRun(before);
    if (!next) return worst > 0 ? worst : undefined;
    worst = Math.max(worst, (next.getTime() - before.getTime()) / 60_000);
    if (next.getTime() > end) break;
    before = next;
  }
  return worst;
}

function runsOf(schedule: string): Cron | undefined {
  // `@every 5m` is no calendar, and Kubernetes takes only standard ones; a year field or a time zone in front neither.
  if (!/^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|(\S+\s+){4,5}\S+)$/.test(schedule.trim()))
    return undefined;
  try {
    return new Cron(schedule.trim(), { timezone: "UTC", paused: true });
  } catch {
    return undefined;
  }
}

const units: Record<string, number> = { s: 1 / 60, m: 1, min: 1, h: 60, d: 1_440, w: 10_080 };

/** A duration such as `90d`, `36h`, `5min`, `1h30m` in minutes, or undefined when it cannot be read. */
export function durationMinutes(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(min|[smhdw])/g)];
  if (parts.length === 0 || parts.map(one => one[0]).join("") !== text) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0);
}
