import { Cron } from "croner";

/** How often something comes round: cron schedules and durations, in UTC. */

/** Far enough that a schedule of a leap day apart shows its gap twice a year over, in days. */
const horizonDays = 800;
/** Gaps are looked for from a fixed day, so that the same schedule always gives the same answer. */
const from = Date.parse("2026-01-01T00:00:00Z");
const dayMs = 86_400_000;
const known = new Map<string, number | undefined>();

/**
 * The longest time between two runs of a cron schedule, in minutes, or undefined when it cannot be read or never runs
 * twice. Five fields, or six with seconds first as CloudNativePG wants them; `@daily` and its like too.
 */
export function worstGapMinutes(schedule: string): number | undefined {
  if (!known.has(schedule)) known.set(schedule, findWorstGap(schedule));
  return known.get(schedule);
}

/** Every day that has a run has the same ones, so one day is looked at run by run, and the rest day by day. */
function findWorstGap(schedule: string): number | undefined {
  const runs = runsOf(schedule);
  const first = runs && next(runs, from - 1);
  if (!runs || first === undefined) return undefined;
  const day = Math.floor(first / dayMs) * dayMs;
  let [last, worst] = [first, 0];
  // Minute by minute: what runs within one is taken as one run, so a gap may come out a minute too long, never too short.
  const nextMinute = (run: number) => next(runs, Math.floor(run / 60_000) * 60_000 + 59_999);
  for (let run = nextMinute(first); run !== undefined && run < day + dayMs; run = nextMinute(run)) {
    worst = Math.max(worst, run - last);
    last = run;
  }
  const [opening, closing] = [first - day, last - day];
  if (isDaily(schedule)) return Math.max(worst, dayMs - closing + opening) / 60_000;
  let isRepeated = false;
  for (let today = day; today < from + horizonDays * dayMs;) {
    const run = next(runs, today + dayMs - 1);
    if (run === undefined) break;
    worst = Math.max(worst, run - (today + closing));
    today = Math.floor(run / dayMs) * dayMs;
    isRepeated = true;
  }
  return isRepeated ? worst / 60_000 : undefined;
}

const next = (runs: Cron, after: number): number | undefined => runs.nextRun(new Date(after))?.getTime();

/** True when neither day nor month nor weekday is narrowed. */
const isDaily = (schedule: string): boolean =>
  /^@(daily|midnight|hourly)$/.test(schedule.trim()) || /(\s\*){3}$/.test(schedule.trim());

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
