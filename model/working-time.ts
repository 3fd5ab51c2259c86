/** When somebody works; UTC. */
export interface Calendar {
  /** Days of the week, 0 is Sunday. */
  days: readonly number[];
  /** Minutes of the day, from and to. */
  from: number;
  to: number;
  /** Whole days off, first and last, in milliseconds since 1970. */
  away: readonly (readonly [fromMs: number, toMs: number])[];
}

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Ten years are as good as never: a calendar without a working day must come to an end all the same. */
const mostDays = 3_660;

/** The stretch of work on the day that holds a moment; undefined on a day off. */
function stretchOf({ days, from, to, away }: Calendar, ms: number): [number, number] | undefined {
  const day = Math.floor(ms / dayMs) * dayMs;
  if (!days.includes(new Date(day).getUTCDay())) return undefined;
  if (away.some(([first, last]) => day >= first && day <= last)) return undefined;
  return [day + from * minuteMs, day + to * minuteMs];
}

/** The first moment from `ms` on at which somebody works; ten years later where that never comes. */
export function nextWorking(calendar: Calendar | undefined, ms: number): number {
  if (!calendar) return ms;
  for (let day = 0; day < mostDays; day++) {
    const at = day === 0 ? ms : (Math.floor(ms / dayMs) + day) * dayMs;
    const stretch = stretchOf(calendar, at);
    if (stretch && at < stretch[1]) return Math.max(at, stretch[0]);
  }
  return ms + mostDays * dayMs;
}

/** When work of some milliseconds that begins at `ms` is done. */
export function workedUntil(calendar: Calendar | undefined, ms: number, workMs: number): number {
  if (!calendar) return ms + workMs;
  let at = nextWorking(calendar, ms);
  for (let left = workMs; ;) {
    const end = stretchOf(calendar, at)?.[1];
    if (end === undefined || at + left <= end) return at + left;
    left -= end - at;
    at = nextWorking(calendar, end);
  }
}
