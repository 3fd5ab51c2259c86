import type { DataRecord, Document, Field, Group } from "./document";
import { numberIn } from "./document";

/** The deepest a value may be nested, and the most values a file may hold; more is refused as an attack. */
const maxDepth = 60;
const maxValues = 500_000;

/** Where each value stands, by its pointer (`/a/0/b`); made when the first place is asked for. */
export type LineAt = (pointer: string) => { line: number; text: string };

/**
 * Reads a value of JSON, YAML or XML: every object becomes a record of what is plain in it, every list of objects a group.
 * @throws RangeError where it is nested too deeply or holds too much
 */
export function readData(value: unknown, file: string, format: Document["format"], lineAt: LineAt): Document {
  const document: Document = { file, format, groups: [], records: [], lines: [] };
  let values = 0;
  const placeOf = (pointer: string) => {
    let found: { line: number; text: string } | undefined;
    const get = () => (found ??= lineAt(pointer));
    return {
      file,
      get line() {
        return get().line;
      },
      get text() {
        return get().text;
      },
    };
  };
  const fieldsOf = (holder: object, pointer: string): Field[] =>
    Object.entries(holder).flatMap(([name, item]) => {
      if (typeof item === "object" && item !== null) return [];
      const text = item === null ? "" : String(item);
      const number = typeof item === "number" ? item : typeof item === "string" ? numberIn(item) : undefined;
      const place = placeOf(`${pointer}/${escaped(name)}`);
      return [{ name, text, place, ...(number !== undefined && Number.isFinite(number) ? { number } : {}) }];
    });
  const record = (holder: object, pointer: string, path: string[]): DataRecord => ({
    fields: fieldsOf(holder, pointer),
    place: placeOf(pointer),
    path,
  });
  const walk = (item: unknown, pointer: string, path: string[], asRecord: boolean, depth: number): void => {
    if (++values > maxValues) throw new RangeError(`more than ${maxValues} values`);
    if (depth > maxDepth) throw new RangeError(`nested deeper than ${maxDepth} levels`);
    if (typeof item !== "object" || item === null) return;
    if (Array.isArray(item)) {
      const records = item.flatMap((one: unknown, index) =>
        typeof one === "object" && one !== null && !Array.isArray(one)
          ? [record(one, `${pointer}/${index}`, path)]
          : [],
      );
      if (records.length > 0) document.groups.push({ path, records, place: placeOf(pointer) } satisfies Group);
      for (const [index, one] of item.entries()) walk(one, `${pointer}/${index}`, path, false, depth + 1);
      return;
    }
    if (asRecord) document.records.push(record(item, pointer, path));
    for (const [name, one] of Object.entries(item))
      if (typeof one === "object" && one !== null)
        walk(one, `${pointer}/${escaped(name)}`, [...path, name], true, depth + 1);
  };
  walk(value, "", [], true, 0);
  return document;
}

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** The value at a pointer as steps. */
export const pointerSteps = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map(step => step.replaceAll("~1", "/").replaceAll("~0", "~"));
