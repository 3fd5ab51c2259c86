import * as fs from "node:fs";
import * as path from "node:path";
import { boolYaml11Tag, CORE_SCHEMA, loadAll, mergeTag, YAMLException } from "js-yaml";
import { decoded } from "../../readiness/documents/read";
import type { Fault } from "../../model/faults";
import { fail, UserError } from "../../model/faults";

/** The largest file that is read, in bytes, and how many files are. */
const maxBytes = 16 * 1024 * 1024;
const maxFiles = 100_000;
/** Aliases a file may use, levels a value may have, and values one object may hold: more is an attack, not a manifest. */
const maxAliases = 100;
const maxDepth = 60;
const maxValues = 200_000;

/** `yes` and `on` are true, as kubectl reads them. */
const schema = CORE_SCHEMA.withTags(boolYaml11Tag, mergeTag);

/** A Kubernetes object and where it stands. */
export interface Manifest {
  urn: string;
  type: string;
  props: unknown;
  /** The file as it was named or found; `-` for standard input. */
  file: string;
  /** Which document of the file, from 0; and which item of a List, from 0. */
  document: number;
  item?: number;
}

/** Every Kubernetes object in files, in the YAML and JSON files below folders, or on standard input (`-`). All faults at once. */
export function readManifests(places: readonly string[]): Manifest[] {
  const faults: Fault[] = [];
  const found = places.flatMap(filesAt).flatMap(file => {
    try {
      return objectsIn(textOf(file), file);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(...error.faults);
      return [];
    }
  });
  if (faults.length > 0) throw new UserError(faults);
  if (found.length === 0)
    throw fail(places.join(", "), "without a Kubernetes object", "manifests, or a folder with a Pulumi.yaml");
  return found;
}

function filesAt(place: string): string[] {
  if (place === "-") return [place];
  let stat: fs.Stats;
  try {
    stat = fs.statSync(place);
  } catch (error) {
    throw fail(place, `unreadable (${(error as NodeJS.ErrnoException).code})`, "a file or a folder");
  }
  return stat.isDirectory() ? filesBelow(place) : [place];
}

function filesBelow(dir: string): string[] {
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      // Links are not followed: they may lead in circles, or out of what was named.
      const file = path.join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".")) walk(file);
      else if (entry.isFile() && /\.(ya?ml|json)$/.test(entry.name)) files.push(file);
      if (files.length > maxFiles)
        throw fail(dir, `more than ${maxFiles} files`, "fewer", "Name a folder further down.");
    }
  };
  walk(dir);
  return files.sort();
}

/** The text of a file, or of standard input; refuses what is too long or no text. */
export function textOf(file: string): string {
  const bytes = file === "-" ? readStdin() : readFile(file);
  if (bytes.length > maxBytes) throw fail(file, `longer than ${maxBytes} bytes`, "less", "Split it.");
  return decoded(bytes, file);
}

function readFile(file: string): Buffer {
  const { size } = fs.statSync(file);
  if (size > maxBytes) throw fail(file, `${size} bytes long`, `at most ${maxBytes}`, "Split it.");
  return fs.readFileSync(file);
}

function readStdin(): Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  const chunk = Buffer.alloc(65_536);
  while (length <= maxBytes) {
    let read: number;
    try {
      read = fs.readSync(0, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") continue;
      if ((error as NodeJS.ErrnoException).code === "EOF") break;
      throw error;
    }
    if (read === 0) break;
    chunks.push(Buffer.from(chunk.subarray(0, read)));
    length += read;
  }
  return Buffer.concat(chunks);
}

function objectsIn(text: string, file: string): Manifest[] {
  let documents: unknown[];
  try {
    documents = /^\s*[{[]/.test(text) ? [parseJson(text)] : loadAll(text, { schema, maxAliases, maxDepth });
  } catch (error) {
    const line = error instanceof YAMLException ? error.mark?.line : undefined;
    const where = line === undefined ? file : `${file}, line ${line + 1}`;
    const reason = error instanceof YAMLException ? error.reason : (error as Error).message;
    throw fail(where, `unreadable (${reason})`, "YAML or JSON");
  }
  return documents.flatMap((value, document) => {
    refuseHostile(value, `${file}, document ${document + 1}`);
    return objectsOf(value, file, document);
  });
}

/** JSON by the engine's own reader, which is many times faster; what is not JSON after all is YAML in braces. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return loadAll(text, { schema, maxAliases, maxDepth })[0];
  }
}

/** Refuses what grows without end when it is followed: aliases of aliases, values that hold themselves. */
function refuseHostile(value: unknown, where: string): void {
  let values = 0;
  const walk = (one: unknown, depth: number): void => {
    if (typeof one !== "object" || one === null) return;
    if (depth > maxDepth) throw fail(where, `nested deeper than ${maxDepth} levels`, "fewer");
    for (const each of Object.values(one)) {
      if (++values > maxValues)
        throw fail(where, `more than ${maxValues} values`, "fewer", "Split it, or write aliases out.");
      walk(each, depth + 1);
    }
  };
  walk(value, 0);
}

/** The objects of one document; a List is its items. What is not a Kubernetes object (values, settings) is passed over. */
export function objectsOf(value: unknown, file: string, document: number, item?: number): Manifest[] {
  if (typeof value !== "object" || value === null) return [];
  const { apiVersion, kind, metadata, items } = value as Record<string, unknown>;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return [];
  if (kind.endsWith("List") && Array.isArray(items))
    return items.flatMap((one, index) => objectsOf(one, file, document, index));
  const { name, namespace } = (typeof metadata === "object" && metadata !== null ? metadata : {}) as Record<
    string,
    unknown
  >;
  const type = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
  const text = (one: unknown) => (typeof one === "string" ? one : "");
  const where = item === undefined ? `${file}#${document}` : `${file}#${document}.${item}`;
  const urn = `${where}::${type}::${text(namespace)}/${text(name) || "(unnamed)"}`;
  return [{ urn, type, props: value, file, document, ...(item === undefined ? {} : { item }) }];
}
