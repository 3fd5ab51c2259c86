import type { Place } from "../documents/document";

/** What can be wrong with what documents say, each by its name. */
export const classes = {
  "above-total": "more of something than there is of all",
  "approved-by-author": "somebody approved what is their own",
  "duration-against-stamps": "a duration that start and end do not give",
  "icon-against-value": "a sign that says other than the value beside it",
  "impossible-promise": "a promise that what is declared cannot keep",
  "label-against-clock": "a label that says other hours than the clock beside it",
  "no-owner": "an owner who is nobody",
  "percentage-against-counts": "a percentage that its counts do not give",
  "percentile-order": "percentiles that cannot stand in this order",
  "percentile-samples": "a percentile from fewer samples than it takes",
  placeholder: "a place that was never filled in",
  "priority-against-risk": "a priority that the risks do not show",
  "sample-commit": "a commit id that is an example",
  "simulated-as-measured": "something made up beside a claim that it was measured",
  sum: "a sum that its parts do not give",
  "threshold-twice": "one limit with two values",
  "ticked-against-fact": "a ticked box against what was found",
  "time-order": "an end before its beginning",
  "time-zone": "two times of which one does not say its zone",
  "total-against-rows": "a total that the rows do not give",
  "two-states": "one thing in two states",
} as const;
export type ContradictionClass = keyof typeof classes;

/** Two things that cannot both be true, or one that cannot be. */
export interface Contradiction {
  class: ContradictionClass;
  severity: "high" | "medium" | "low";
  /** What it is about, in a few words. */
  about: string;
  places: Place[];
  /** How it was worked out, such as `1 of 2 is 50 %, not 100 %`. */
  arithmetic: string;
  /** What would settle it. */
  settles: string;
}

export const contradiction = (
  kind: ContradictionClass,
  severity: Contradiction["severity"],
  about: string,
  places: Place[],
  arithmetic: string,
  settles: string,
): Contradiction => ({
  class: kind,
  severity,
  about,
  // Places of data are worked out when they are read; from here on they are plain.
  places: places.map(({ file, line, text }) => ({ file, line, text })),
  arithmetic,
  settles,
});
