import * as fs from "node:fs";
import * as path from "node:path";
import { canonicalJson, sha256 } from "../model/canonical";

/** What runs when a stack is deployed: the compiled program with all it is made of, the guard and what it asks included. */
const parts = ["index.js", "components", "stacks", "model", "policies"];

/** Every compiled file of the program with its SHA-256, sorted. */
export function programFiles(root: string): [file: string, digest: string][] {
  return parts
    .flatMap(name => filesBelow(path.join(root, "bin", name)))
    .map(file => [path.relative(root, file), sha256(fs.readFileSync(file))]);
}

/** One hash over all of them: sources that were signed for say nothing of what was compiled by hand. */
export const programDigest = (root: string): string => sha256(canonicalJson(programFiles(root)));

function filesBelow(place: string): string[] {
  if (!fs.statSync(place).isDirectory()) return [place];
  return fs
    .readdirSync(place, { recursive: true, encoding: "utf8" })
    .filter(name => /\.js(on)?$/.test(name))
    .sort()
    .map(name => path.join(place, name));
}
