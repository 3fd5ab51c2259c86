import type { ScanResult } from "../../model/scan";
import type { ApiReport } from "../api-gate";
import type { BuildReport } from "../builds";
import type { Line } from "../journal";
import type { Plan } from "../plan";
import type { ReleaseSettings, Settings } from "../settings";
import type { Measure } from "../triggers";

/** What somebody stated of a release, by the id of a point or of a lesson. */
export interface Statement {
  id: string;
  text: string;
  by: string;
  at: string;
}

/** What a record is made of. */
export interface Made {
  repository: string;
  settings: Settings & { release: ReleaseSettings };
  plan: Plan;
  lines: readonly Line[];
  scan?: ScanResult;
  builds?: BuildReport;
  api?: ApiReport;
  statements: readonly Statement[];
  /** Where the files of this attempt lie. */
  dir: string;
}

/** Ids of what people state, because nothing measures it. */
export const statable = {
  "teams-notified": "teams were notified",
  "user-feedback": "what users say is good",
  recorded: "the course was recorded",
  "feedback-collected": "feedback was collected",
  "docs-updated": "documents were brought up to date",
  "alerts-checked": "error log and alerts were looked at",
  "on-call-in-place": "who is on call is there",
  "data-loss": "rows that were lost, as a number",
  "lesson-success": "what went well",
  "lesson-improve": "what to do better",
} as const;

type LineOf<Event extends Line["event"]> = Extract<Line, { event: Event }>;
export const of = <Event extends Line["event"]>(lines: readonly Line[], ...events: Event[]): LineOf<Event>[] =>
  lines.filter((one): one is LineOf<Event> => (events as string[]).includes(one.event));
export const isDone = (lines: readonly Line[], step: string): boolean =>
  of(lines, "done").some(one => one.step === step);
export const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1_000;
export const rateOf = (measure: Measure | undefined): number | null =>
  measure && measure.requests > 0 ? measure.failed / measure.requests : null;
export const shown = (value: number): string => `${Number((value * 100).toFixed(2))} %`;
