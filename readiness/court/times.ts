import type { DataRecord, Document, Field, TextLine } from "../documents/document";
import { recordsOf } from "../documents/document";
import type { Contradiction } from "./finding";
import { contradiction } from "./finding";
import { conceptOf } from "./words";

/** Ends before beginnings, durations that start and end do not give, and labels of hours that clocks deny. */
export const timeContradictions = (document: Document): Contradiction[] => [
  ...recordsOf(document).flatMap(stamps),
  ...document.lines.flatMap(rangeInText),
  ...labelsAndClocks(document),
];

const stamp = /^\s*(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?\s*$/;

interface Moment {
  ms: number;
  /** Whether the text says in which zone. */
  zoned: boolean;
}

function momentIn(text: string): Moment | undefined {
  const match = text.length > 60 ? null : stamp.exec(text);
  if (!match) return undefined;
  const zone = match[3] === undefined || match[3] === "UTC" ? "Z" : match[3];
  const ms = Date.parse(`${match[1]}T${match[2]}${zone}`);
  return Number.isNaN(ms) ? undefined : { ms, zoned: match[3] !== undefined };
}

function stamps(record: DataRecord): Contradiction[] {
  const at = (concept: "started" | "ended") => {
    const field = record.fields.find(one => conceptOf(one.name) === concept);
    const moment = field && momentIn(field.text);
    return field && moment ? { field, ...moment } : undefined;
  };
  const [start, end] = [at("started"), at("ended")];
  if (!start || !end) return [];
  const places = [start.field.place, end.field.place];
  // Two clocks can be compared only if both say where they hang, or neither does.
  if (start.zoned !== end.zoned) {
    const [zoned, bare] = start.zoned ? [start, end] : [end, start];
    const words = `${zoned.field.text} says its zone, ${bare.field.text} does not: they may be up to 26 hours apart`;
    return [contradiction("time-zone", "low", bare.field.name, places, words, "both in UTC, with a Z")];
  }
  if (end.ms < start.ms) {
    const words = `${end.field.text} is ${spoken(start.ms - end.ms)} before ${start.field.text}`;
    return [contradiction("time-order", "high", end.field.name, places, words, "the clock of the machine that did it")];
  }
  const duration = record.fields.find(one => conceptOf(one.name) === "duration");
  const said = duration && durationOf(duration);
  const real = end.ms - start.ms;
  // A second of rounding on either side, and a fiftieth, are no contradiction.
  if (!duration || said === undefined || Math.abs(said - real) <= Math.max(2_000, real / 50)) return [];
  const words = `from ${start.field.text} to ${end.field.text} is ${spoken(real)}, not ${duration.text} (${duration.name})`;
  return [
    contradiction(
      "duration-against-stamps",
      "high",
      duration.name,
      [duration.place, ...places],
      words,
      "both stamps, read again",
    ),
  ];
}

const unitMs: [RegExp, number][] = [
  [/(ms|milliseconds?|毫秒)$/i, 1],
  [/(^|[^a-z])(s|secs?|seconds?)$|秒$/i, 1_000],
  [/(mins?|minutes?|分钟|分鐘)$/i, 60_000],
  [/(^|[^a-z])(h|hrs?|hours?)$|小时$|小時$/i, 3_600_000],
];

/** A duration in milliseconds, where value or name say the unit. */
function durationOf({ name, text, number }: Field): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z毫秒分钟鐘小时時]*)\s*$/.exec(text.slice(0, 60));
  if (!match || number === undefined) return undefined;
  const named = match[2] === "" ? name.replace(/[()（）]/g, "").trim() : match[2]!;
  const factor = unitMs.find(([pattern]) => pattern.test(named))?.[1];
  return factor === undefined ? undefined : Number(match[1]) * factor;
}

function spoken(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  if (ms < 7_200_000) return `${Number((ms / 60_000).toFixed(1))} min`;
  return `${Number((ms / 3_600_000).toFixed(1))} h`;
}

/** `2025-11-02 12:30:00 - 12:34:00` backwards. */
function rangeInText({ text, place }: TextLine): Contradiction[] {
  const full = String.raw`(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)`;
  const match = new RegExp(
    `${full}\\s*(?:\\s-\\s|–|—|~|\\bto\\b|至|到|→)\\s*(?:(\\d{4}-\\d{2}-\\d{2})[T ])?(\\d{2}:\\d{2}(?::\\d{2})?)`,
  ).exec(text.slice(0, 500));
  if (!match) return [];
  const [start, end] = [momentIn(`${match[1]} ${match[2]}`), momentIn(`${match[3] ?? match[1]} ${match[4]}`)];
  if (!start || !end || end.ms >= start.ms) return [];
  const words = `${match[4]} is before ${match[2]} of the same day`;
  return [contradiction("time-order", "high", match[0], [place], words, "the clock of the machine that did it")];
}

interface Window {
  /** Minutes after midnight. */
  start: number;
  end: number;
  line: TextLine;
  label?: { from: number; to: number; text: string };
}

const clock = /(?<!\d)([01]?\d|2[0-3]):([0-5]\d)\s*(?:-|–|—|~|至|到|to)\s*([01]?\d|2[0-3]):([0-5]\d)(?!\d)/;
const hours = /(?<![\d:.])(\d+(?:\.\d+)?)\s*(?:-|–|—|~|至|到|to)\s*(\d+(?:\.\d+)?)\s*(h\b|hours?|小时|小時)/i;

/** `phase 2 (4-7 h)` over `14:34-17:34`: hours are counted from the first clock of the document. */
function labelsAndClocks(document: Document): Contradiction[] {
  const all = [...document.lines, ...recordsOf(document).map(asLine)];
  const windows = all.flatMap((line): Window[] => {
    const match = clock.exec(line.text.slice(0, 500));
    if (!match) return [];
    const start = Number(match[1]) * 60 + Number(match[2]);
    const end = Number(match[3]) * 60 + Number(match[4]);
    const label = [...line.path]
      .reverse()
      .map(text => hours.exec(text.slice(0, 500)))
      .find(Boolean);
    const named = label ? { label: { from: Number(label[1]), to: Number(label[2]), text: label[0] } } : {};
    return [{ start, end: end < start ? end + 1_440 : end, line, ...named }];
  });
  const labelled = windows.filter(one => one.label);
  if (labelled.length === 0) return [];
  const origin = Math.min(...labelled.map(one => one.start));
  return labelled.flatMap(({ start, end, line, label }) => {
    const [from, to] = [(start - origin) / 60, (end - origin) / 60];
    if (from >= label!.from - 0.01 && to <= label!.to + 0.01) return [];
    const at = (minutes: number) => Number(minutes.toFixed(2));
    return [
      contradiction(
        "label-against-clock",
        "medium",
        line.path.at(-1) ?? line.text,
        [line.place],
        `${clock.exec(line.text)![0]} is hour ${at(from)} to ${at(to)} after the first clock, not ${label!.text}`,
        "the plan, with clocks worked out from it",
      ),
    ];
  });
}

/** A row as one line, under the headings it has. */
const asLine = (record: DataRecord): TextLine => ({
  text: record.fields.map(field => field.text).join(" | "),
  place: record.place,
  path: record.path,
  kind: "text",
});
