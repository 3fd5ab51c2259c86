import { worstGapMinutes } from "./cadence";
import { parseQuantity } from "./quantity";

/** What a design can promise after a disaster, computed from it alone (decision 14: declared, provable, measured). */

/** How a store's data leaves it. Minutes throughout. */
export interface RecoveryDesign {
  /** Cron schedules of whatever can be restored from by itself. */
  schedules: readonly string[];
  /** How long one such backup takes at worst: what was written meanwhile is in the next. */
  backupMinutes: number;
  /** Where a log is shipped all the time, the longest a piece of it may wait; absent where there is none. */
  logMinutes?: number;
}

/**
 * The most data that can be lost, in minutes of writing: the log's longest wait, else the longest gap between two
 * backups and the time one takes. Undefined when no schedule can be read: then nothing can be proved.
 */
export function provableRpoMinutes({ schedules, backupMinutes, logMinutes }: RecoveryDesign): number | undefined {
  if (logMinutes !== undefined) return schedules.length > 0 ? logMinutes : undefined;
  const gaps = schedules.map(worstGapMinutes);
  if (gaps.length === 0 || gaps.some(gap => gap === undefined)) return undefined;
  return Math.min(...(gaps as number[])) + backupMinutes;
}

/** What a restore costs. Sizes are Kubernetes quantities; rates in MiB a second. */
export interface RestoreDesign {
  size: string;
  restoreRate: number;
  /** How long the log is that has to be replayed, in minutes of writing, and how much faster than written that goes. */
  replay?: { minutes: number; speedUp: number };
  /** Noticing, deciding, starting servers, checking. */
  fixedMinutes: number;
}

/** The longest a restore can take, in minutes, or undefined when the size cannot be read. */
export function provableRtoMinutes({ size, restoreRate, replay, fixedMinutes }: RestoreDesign): number | undefined {
  const bytes = parseQuantity(size);
  if (bytes === undefined || restoreRate <= 0) return undefined;
  const copy = bytes / 2 ** 20 / restoreRate / 60;
  return fixedMinutes + copy + (replay ? replay.minutes / replay.speedUp : 0);
}
