import { sha256 } from "../model/canonical";
import type { EvidenceKind } from "../model/evidence";
import type { Item } from "../policies/items/item";

/** When drills are due: often enough that the evidence of each is never too old for the items that ask for it. */

const dayMs = 86_400_000;
const week = 7;

/** A drill as far as its dates are concerned. */
export interface Dated {
  id: string;
  title: string;
  kind: EvidenceKind;
  /** Where it takes place, if not on this machine. */
  target?: "cluster";
}

/**
 * Days between two drills of a kind: whole weeks, one before the strictest item calls the last one old. What has to be younger than
 * two weeks belongs to each release, and to no calendar: undefined, as for what nobody asks for.
 */
export function cadenceDays(kind: EvidenceKind, items: readonly Item[]): number | undefined {
  const days = items.flatMap(item => item.evidence.filter(one => one.kind === kind).map(one => one.freshDays));
  if (days.length === 0) return undefined;
  const fresh = Math.min(...days);
  return fresh < 2 * week ? undefined : Math.floor((fresh - week) / week) * week;
}

export interface Due extends Dated {
  everyDays: number;
  /** When it was passed last; absent where it never was. */
  last?: string;
  /** When it is due next, UTC; now, where it never was passed. */
  due: string;
  isOverdue: boolean;
}

/** When each drill is due. @param passed when each was passed last, in milliseconds since 1970, by id */
export function dueDrills(
  drills: readonly Dated[],
  items: readonly Item[],
  { passed, nowMs }: { passed: ReadonlyMap<string, number>; nowMs: number },
): Due[] {
  return drills.flatMap(({ id, title, kind, target }) => {
    const everyDays = cadenceDays(kind, items);
    if (everyDays === undefined) return [];
    const last = passed.get(id);
    const dueMs = last === undefined ? nowMs : last + everyDays * dayMs;
    return {
      ...{ id, title, kind, everyDays },
      ...(target ? { target } : {}),
      ...(last === undefined ? {} : { last: new Date(last).toISOString() }),
      due: new Date(dueMs).toISOString(),
      isOverdue: dueMs <= nowMs,
    };
  });
}

const stamp = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
const text = (value: string): string => value.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
/** Lines of a calendar are at most 75 octets; what is longer goes on in the next, which begins with a space (RFC 5545). */
function folded(line: string): string {
  const parts: string[] = [];
  let part = "";
  for (const char of line) {
    if (Buffer.byteLength(part + char) > 74) {
      parts.push(part);
      part = "";
    }
    part += char;
  }
  return [...parts, part].join("\r\n ");
}

/** The year's drills as a calendar (RFC 5545): each begins when it is due, and comes again and again. */
export function drillCalendar(stack: string, due: readonly Due[], nowMs: number): string {
  const events = due.flatMap(one => {
    const from = Math.max(Date.parse(one.due), nowMs);
    return [
      "BEGIN:VEVENT",
      `UID:${sha256(`${stack} ${one.id}`).slice(0, 32)}@greenlight`,
      `DTSTAMP:${stamp(nowMs)}`,
      `DTSTART:${stamp(from)}`,
      "DURATION:PT1H",
      `RRULE:FREQ=DAILY;INTERVAL=${one.everyDays};COUNT=${Math.ceil(365 / one.everyDays)}`,
      `SUMMARY:${text(`Drill: ${one.id} (${stack})`)}`,
      `DESCRIPTION:${text(`${one.title}. Run: greenlight drill ${one.id} --stack ${stack}${one.target ? ` --target ${one.target}` : ""}`)}`,
      "BEGIN:VALARM",
      "ACTION:DISPLAY",
      `DESCRIPTION:${text(`Drill ${one.id} is due tomorrow`)}`,
      "TRIGGER:-P1D",
      "END:VALARM",
      "END:VEVENT",
    ];
  });
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Greenlight//drills//EN", ...events, "END:VCALENDAR"];
  return `${lines.map(folded).join("\r\n")}\r\n`;
}
