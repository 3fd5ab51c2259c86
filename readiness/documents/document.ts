/**
 * What any document says, whatever it is written in: records with named fields (rows of tables, objects of JSON, YAML and
 * XML), lines of text, and where each stands. Contradictions are looked for in this form only.
 */

export interface Place {
  file: string;
  /** From 1. */
  line: number;
  /** The words that stand there, shortened. */
  text: string;
}

/** A named value. */
export interface Field {
  name: string;
  text: string;
  /** The number, where the text is one, or the value is. */
  number?: number;
  place: Place;
}

/** A row of a table, or an object of data. */
export interface DataRecord {
  fields: Field[];
  place: Place;
  /** Headings above it, or names on the way to it, outermost first. */
  path: string[];
}

/** Records of one kind: a table, or a list of objects. */
export interface Group {
  /** Headings above it, or names on the way to it. */
  path: string[];
  records: DataRecord[];
  place: Place;
}

/** A heading, a paragraph's line, an item of a list, or a line of code. */
export interface TextLine {
  text: string;
  place: Place;
  path: string[];
  kind: "heading" | "text" | "item" | "code";
  /** A box, and whether it is ticked. */
  ticked?: boolean;
}

export interface Document {
  file: string;
  format: "markdown" | "json" | "yaml" | "xml";
  groups: Group[];
  /** Objects that are no item of a list. */
  records: DataRecord[];
  lines: TextLine[];
}

/** All records of a document, those of groups first. */
export const recordsOf = (document: Document): DataRecord[] => [
  ...document.groups.flatMap(group => group.records),
  ...document.records,
];

/** A text as it is shown: on one line, without control characters and direction marks, at most 160 characters. */
export function shownText(text: string): string {
  const clean = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return clean.length > 160 ? `${clean.slice(0, 159)}…` : clean;
}

/** No number is longer; patterns are tried on short texts only, as on long ones some would take for ever. */
const longestNumber = 40;

/** A whole number or decimal, as people write it: `1,150`, `99.9 %`; undefined where the text is more than that. */
export function numberIn(text: string): number | undefined {
  if (text.length > longestNumber) return undefined;
  const match = /^\s*(?:[<>≤≥=~≈]+\s*)?(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)\s*[%a-zA-Zµ]*\s*$/.exec(text);
  return match ? Number(match[1]!.replaceAll(",", "")) : undefined;
}

/** A text without the code in it: what somebody says, not what somebody is to type. */
export const prose = (text: string): string => text.replace(/`[^`]*`/g, "");
