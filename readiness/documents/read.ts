import * as fs from "node:fs";
import * as path from "node:path";
import { XMLParser } from "fast-xml-parser";
import { CORE_SCHEMA, loadAll, YAMLException } from "js-yaml";
import type { Node } from "yaml";
import { isMap, isSeq, LineCounter, parseDocument } from "yaml";
import type { Fault } from "../../model/faults";
import { fail, UserError } from "../../model/faults";
import type { LineAt } from "./data";
import { pointerSteps, readData } from "./data";
import type { Document } from "./document";
import { shownText } from "./document";
import { readMarkdown } from "./markdown";

/** The largest document that is read, in bytes, and how many documents are. */
const maxBytes = 16 * 1024 * 1024;
const maxFiles = 10_000;
/** People write no longer text, and its reader takes longer for it than for data. */
const maxMarkdown = 1024 * 1024;
const extensions = /\.(md|markdown|json|xml|ya?ml)$/i;

/** A file's text and its bytes, read once. */
export interface Source {
  /** As it was named or found. */
  file: string;
  text: string;
  bytes: Buffer;
}

/**
 * Every Markdown, JSON, XML and YAML file that is named or stands below a folder that is, in order of their names. Links
 * below a folder are passed over: they may lead out of it. All faults are told at once.
 */
export function readSources(places: readonly string[]): Source[] {
  const faults: Fault[] = [];
  const sources = [...new Set(places.flatMap(filesAt))].flatMap(file => {
    try {
      return [readSource(file)];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(...error.faults);
      return [];
    }
  });
  if (faults.length > 0) throw new UserError(faults);
  return sources;
}

function filesAt(place: string): string[] {
  const stat = fs.lstatSync(place, { throwIfNoEntry: false });
  if (!stat) throw fail(place, "not there", "a document, or a folder of documents");
  if (stat.isSymbolicLink()) throw fail(place, "a link", "the file itself");
  if (!stat.isDirectory()) return [place];
  const files: string[] = [];
  const walk = (dir: string): void => {
    for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
      const file = path.join(dir, entry.name);
      if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".")) walk(file);
      else if (entry.isFile() && extensions.test(entry.name)) files.push(file);
      if (files.length > maxFiles) throw fail(place, `more than ${maxFiles} documents`, "fewer");
    }
  };
  walk(place);
  return files.sort();
}

/** One file: bounded, UTF-8, not a link, the same before and after it was read. */
export function readSource(file: string): Source {
  let handle: number;
  try {
    handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  } catch (error) {
    throw fail(file, `unreadable (${(error as NodeJS.ErrnoException).code})`, "a file");
  }
  try {
    const before = fs.fstatSync(handle);
    if (!before.isFile()) throw fail(file, "no file", "a file");
    if (before.size > maxBytes) throw fail(file, `${before.size} bytes long`, `at most ${maxBytes}`);
    const bytes = fs.readFileSync(handle);
    const after = fs.fstatSync(handle);
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs || bytes.length !== before.size)
      throw fail(file, "changing while it is read", "a file that nobody writes to");
    return { file, bytes, text: decoded(bytes, file) };
  } finally {
    fs.closeSync(handle);
  }
}

/** Bytes as text; refuses what is no UTF-8 or holds a NUL. */
export function decoded(bytes: Buffer, file: string): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fail(file, "no UTF-8 text", "UTF-8");
  }
  if (text.includes("\0")) throw fail(file, "holding a NUL character", "plain text");
  return text;
}

/** The value a file of JSON or XML holds; undefined where it is neither. Entities are not followed, and keys are not merged. */
export function valueOf({ file, text }: Source): unknown {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  }
  if (!/^\s*<[?!\w]/.test(text)) return undefined;
  refuseEntities(text, file);
  try {
    return parser.parse(text, true) as unknown;
  } catch {
    return undefined;
  }
}

function refuseEntities(text: string, file: string): void {
  // The name of a document type is harmless, as nothing is fetched; what it declares is not.
  if (/<!ENTITY|<!DOCTYPE[^>]*\[/i.test(text))
    throw fail(file, "XML that declares entities of its own", "XML that declares none");
}

/** What is written in a source, told by its content first and by its name only where that says nothing. */
export function readDocument(source: Source): Document {
  const { file, text } = source;
  try {
    if (/^\s*[{[]/.test(text) && !/\.(md|markdown)$/i.test(file)) return json(source);
    if (/^\s*<[?!\w]/.test(text) && !/\.(md|markdown)$/i.test(file)) return xml(source);
    if (/\.ya?ml$/i.test(file)) return yaml(source);
    if (source.bytes.length > maxMarkdown)
      throw fail(file, `${source.bytes.length} bytes of Markdown`, `at most ${maxMarkdown}`, "Split it.");
    return readMarkdown(text, file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof YAMLException ? error.reason : (error as Error).message;
    throw fail(file, `unreadable (${shownText(reason)})`, "a document");
  }
}

/** JSON; what begins like it and is several values, a line each, is a list of them. */
function json({ file, text }: Source): Document {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    const lines = text.split("\n").filter(line => line.trim() !== "");
    if (lines.length < 2 || !lines.every(line => /^\s*\{.*\}\s*$/.test(line))) throw error;
    value = lines.map(line => JSON.parse(line) as unknown);
    return readData(value, file, "json", pointer => {
      const line = Number(pointer.split("/")[1] ?? 0) + 1;
      return { line, text: shownText(lines[line - 1] ?? "") };
    });
  }
  return readData(value, file, "json", linesOf(text));
}

function yaml({ file, text }: Source): Document {
  const values = loadAll(text, { schema: CORE_SCHEMA, maxAliases: 100, maxDepth: 60 }) as unknown[];
  return readData(values.length === 1 ? values[0] : values, file, "yaml", linesOf(text));
}

/** Lines of JSON or YAML by pointer; read a second time only if somebody asks. */
function linesOf(text: string): LineAt {
  const source = text.split("\n");
  let read: { root: Node | null; counter: LineCounter } | undefined;
  return pointer => {
    if (!read) {
      const counter = new LineCounter();
      read = {
        root: parseDocument(text, { lineCounter: counter, logLevel: "silent", uniqueKeys: false }).contents,
        counter,
      };
    }
    let node: unknown = read.root;
    let offset = read.root?.range?.[0] ?? 0;
    for (const step of pointerSteps(pointer)) {
      if (isMap(node)) {
        const pair = node.items.find(one => String((one.key as { value?: unknown }).value) === step);
        if (!pair) break;
        offset = (pair.key as Node).range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(step)];
        offset = (node as Node | undefined)?.range?.[0] ?? offset;
      } else break;
    }
    const { line } = read.counter.linePos(offset);
    return { line, text: shownText(source[line - 1] ?? "") };
  };
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  // Entities are an old way to blow a reader up; the five of XML itself are enough.
  processEntities: false,
  captureMetaData: true,
});

function xml({ file, text }: Source): Document {
  refuseEntities(text, file);
  const value = parser.parse(text, true) as unknown;
  const source = text.split("\n");
  const starts: number[] = [];
  for (let at = 0, line = 0; line < source.length; at += source[line]!.length + 1, line++) starts.push(at);
  const symbol = XMLParser.getMetaDataSymbol() as unknown as string;
  return readData(value, file, "xml", pointer => {
    let node: unknown = value;
    let offset = 0;
    for (const step of pointerSteps(pointer)) {
      if (typeof node !== "object" || node === null) break;
      offset = (node as Record<string, { startIndex?: number }>)[symbol]?.startIndex ?? offset;
      node = (node as Record<string, unknown>)[step];
    }
    if (typeof node === "object" && node !== null)
      offset = (node as Record<string, { startIndex?: number }>)[symbol]?.startIndex ?? offset;
    let low = 0;
    for (let high = starts.length; low + 1 < high;) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, text: shownText(source[low] ?? "") };
  });
}
