import * as fs from "node:fs";
import type { TreeObject } from "../../../model/unknown";
import { UNKNOWN } from "../../../model/unknown";

const known = new Map<string, readonly string[]>();

/**
 * What only the provider can fill in of a resource type, by the package's own schema: the generated SDK marks such
 * properties `/*out*\/`. Empty where the SDK is not installed for the project in `dir`, or marks none.
 * @param type token such as `random:index/randomPassword:RandomPassword`
 */
export function outputsOf(type: string, dir: string): readonly string[] {
  const key = `${dir} ${type}`;
  if (!known.has(key)) known.set(key, readOutputs(type, dir));
  return known.get(key)!;
}

function readOutputs(type: string, dir: string): string[] {
  const [, packageName, module] = /^([a-z][\w-]*):([\w./-]+):\w+$/.exec(type) ?? [];
  if (!packageName || !module || module.split("/").includes("..")) return [];
  try {
    const place = module.replace(/^index\//, "");
    const file = require.resolve(`@pulumi/${packageName}/${place}.js`, { paths: [dir] });
    const marks = fs.readFileSync(file, "utf8").matchAll(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g);
    return [...new Set([...marks].map(([, name]) => name!))];
  } catch {
    return [];
  }
}

/** A resource as it can be foreseen: its inputs, and UNKNOWN where only the provider can tell. */
export const foreseen = (type: string, inputs: TreeObject, dir: string): TreeObject => ({
  ...Object.fromEntries(outputsOf(type, dir).map(name => [name, UNKNOWN])),
  ...inputs,
});
