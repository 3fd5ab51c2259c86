import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Fault } from "../../model/faults";
import { fail, UserError } from "../../model/faults";

/** The largest manifest that is read, in bytes, and how many files a folder may hold. */
const maxBytes = 16 * 1024 * 1024;
const maxFiles = 10_000;
/** Aliases a document may use: more is an attack, not a manifest. */
const maxAliases = 100;

export interface Manifest {
  urn: string;
  type: string;
  props: unknown;
}

/** Every Kubernetes object in a file, or in the YAML and JSON files below a folder. All faults at once. */
export function readManifests(place: string): Manifest[] {
  const files = fs.statSync(place).isDirectory() ? manifestFiles(place) : [place];
  const faults: Fault[] = [];
  const found: Manifest[] = [];
  for (const file of files) {
    const { size } = fs.statSync(file);
    if (size > maxBytes) {
      faults.push({ where: file, found: `${size} bytes`, needed: `at most ${maxBytes}` });
      continue;
    }
    for (const [index, document] of parseAllDocuments(fs.readFileSync(file, "utf8")).entries()) {
      const where = `${file}, document ${index + 1}`;
      if (document.errors.length > 0) {
        faults.push({ where, found: `not YAML (${document.errors[0]!.message.split("\n")[0]})`, needed: "YAML" });
        continue;
      }
      try {
        found.push(...objectsOf(document.toJS({ maxAliasCount: maxAliases }), where));
      } catch (error) {
        faults.push({ where, found: `unreadable (${(error as Error).message})`, needed: "plain YAML" });
      }
    }
  }
  if (faults.length > 0) throw new UserError(faults);
  if (found.length === 0) throw fail(place, "without a Kubernetes object", "manifests, or a folder with a Pulumi.yaml");
  return found;
}

function manifestFiles(dir: string): string[] {
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
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

/** The objects of one document; a List is its items. What is not a Kubernetes object (values, settings) is passed over. */
function objectsOf(value: unknown, where: string): Manifest[] {
  if (typeof value !== "object" || value === null) return [];
  const { apiVersion, kind, metadata, items } = value as Record<string, unknown>;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return [];
  if (kind.endsWith("List") && Array.isArray(items))
    return items.flatMap((item, index) => objectsOf(item, `${where}, item ${index + 1}`));
  const { name = "(unnamed)", namespace = "" } = (metadata ?? {}) as { name?: string; namespace?: string };
  const type = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
  return [{ urn: `${where}::${type}::${namespace}/${name}`, type, props: value }];
}
