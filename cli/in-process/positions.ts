import type { Event } from "js-yaml";
import { EVENT_ID, getScalarValue, parseEvents } from "js-yaml";
import { pathSteps } from "../../policies/engine/reading";
import type { Manifest } from "./manifests";

/** Beyond this many bytes a document is not read a second time for the sake of line numbers. */
const maxBytes = 1024 * 1024;

/** Where an object as a whole stands, without reading it again: the first line of the only document of a YAML file. */
function firstLine(text: string): number | undefined {
  const lines = text.split("\n");
  const begin = lines.findIndex(line => !/^(\s*#.*|\s*|---(\s*#.*|\s*))$/.test(line));
  const plain = begin >= 0 && /^[A-Za-z]/.test(lines[begin]!);
  return plain && !lines.slice(begin).some(line => /^(---|\.\.\.|%)/.test(line)) ? begin + 1 : undefined;
}

/** What the reader saw in a text, in order, with where each thing ends. */
interface Read {
  events: readonly Event[];
  /** The event after a thing's last one, by its first. */
  after: number[];
  /** First event in each document; that of nothing where it is empty. */
  documents: number[];
  /** Offsets of line ends. */
  ends: number[];
}

function read(text: string): Read {
  let events: Event[];
  try {
    events = parseEvents(text, {});
  } catch {
    // What was JSON to the one who judged it, and is no YAML, has no lines.
    events = [];
  }
  const after: number[] = [];
  const documents: number[] = [];
  const open: number[] = [];
  for (const [at, { type }] of events.entries()) {
    if (type === EVENT_ID.POP) after[open.pop()!] = at + 1;
    else if (type === EVENT_ID.SCALAR || type === EVENT_ID.ALIAS) after[at] = at + 1;
    else {
      if (type === EVENT_ID.DOCUMENT) documents.push(at + 1);
      open.push(at);
    }
  }
  const ends: number[] = [];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) ends.push(at);
  return { events, after, documents, ends };
}

/** Where a thing begins; undefined for one of which nothing is written. */
function startOf(event: Event | undefined): number | undefined {
  const at =
    event?.type === EVENT_ID.SCALAR
      ? event.valueStart
      : event?.type === EVENT_ID.ALIAS
        ? event.anchorStart
        : event?.type === EVENT_ID.MAPPING || event?.type === EVENT_ID.SEQUENCE
          ? event.start
          : -1;
  return at >= 0 ? at : undefined;
}

/** The line of an offset, from 1. */
function lineAt(ends: readonly number[], offset: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/**
 * Line numbers in one file, from 1. A path that leads nowhere (what is missing) gives the line of the last thing on the
 * way. Documents are read again when the first line is asked for: most files have no finding.
 */
export function linesOf(text: string): (manifest: Manifest, path: string) => number | undefined {
  if (text.length > maxBytes) return () => undefined;
  let known: Read | undefined;
  const begin = firstLine(text);
  return ({ document, item }, path) => {
    if (path === "" && document === 0 && item === undefined && begin !== undefined) return begin;
    known ??= read(text);
    const { events, after, documents, ends } = known;
    let at = documents[document];
    if (at === undefined) return undefined;
    let offset = startOf(events[at]);
    for (const step of item === undefined ? pathSteps(path) : ["items", String(item), ...pathSteps(path)]) {
      const next = childOf(known, text, at, step);
      if (next === undefined) break;
      offset = startOf(events[next.named]) ?? offset;
      at = next.at;
    }
    return offset === undefined || after.length === 0 ? undefined : lineAt(ends, offset);
  };
}

/** The part of a mapping or list that a step leads to: its event, and the one that names it. */
function childOf(
  { events, after }: Read,
  text: string,
  at: number,
  step: string,
): { at: number; named: number } | undefined {
  const type = events[at]?.type;
  if (type === EVENT_ID.MAPPING)
    for (let key = at + 1; events[key] && events[key]!.type !== EVENT_ID.POP;) {
      const value = after[key]!;
      const event = events[key]!;
      if (event.type === EVENT_ID.SCALAR && getScalarValue(text, event) === step) return { at: value, named: key };
      key = after[value]!;
    }
  if (type === EVENT_ID.SEQUENCE) {
    let one = at + 1;
    for (let left = Number(step); left > 0 && events[one] && events[one]!.type !== EVENT_ID.POP; left--)
      one = after[one]!;
    if (events[one] && events[one]!.type !== EVENT_ID.POP) return { at: one, named: one };
  }
  return undefined;
}
