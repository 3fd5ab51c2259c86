/** A load and how it grows: what is expected at the busiest moment of launch, and of a year later (S-134). */
export interface ExpectedLoad {
  launch: number;
  inAYear: number;
}

/** What a stack expects of load; requests a second by themselves, and what the stores and the queue are to bear at that moment. */
export interface DeclaredLoad extends ExpectedLoad {
  /** Transactions a second, the time within which 95 % of them have to be done, and how much is stored. */
  database?: { perSecond: number; p95Ms: number; gibibytes?: ExpectedLoad | undefined } | undefined;
  /** Reads and writes a second of objects of one size. */
  objects?: { perSecond: number; kibibytes: number; p95Ms: number; gibibytes?: ExpectedLoad | undefined } | undefined;
  /** Jobs a minute, how long one takes on average, and how many a worker does at once. */
  jobs?: { perMinute: ExpectedLoad; seconds: number; atOnce: number } | undefined;
}

const yearDays = 365;

/** The load after some days, if it grows by the same share each day. */
export const loadAfter = ({ launch, inAYear }: ExpectedLoad, days: number): number =>
  launch * (inAYear / launch) ** (days / yearDays);

/**
 * After how many days the share that has to be left free is used (S-135); 0 where it is from the beginning, undefined where it never is.
 * @param borne what is borne at most, in the unit of the load
 * @param headroom share that has to be left, 0 to 1
 */
export function headroomEndsAfterDays(load: ExpectedLoad, borne: number, headroom: number): number | undefined {
  const usable = borne * (1 - headroom);
  if (load.launch > usable) return 0;
  if (load.inAYear <= load.launch) return undefined;
  return Math.floor((Math.log(usable / load.launch) / Math.log(load.inAYear / load.launch)) * yearDays);
}
