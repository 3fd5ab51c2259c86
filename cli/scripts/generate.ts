import * as fs from "node:fs";
import * as path from "node:path";
import { generated } from "../generated";

/** Writes every generated file: the pack's lock, the rule catalogue, the JSON schemas. `--check` only compares. */
const root = path.resolve(__dirname, "..", "..", "..");
const check = process.argv.includes("--check");
let stale = 0;
for (const [file, text] of Object.entries(generated(root))) {
  const target = path.join(root, file);
  if (fs.existsSync(target) && fs.readFileSync(target, "utf8") === text) continue;
  stale++;
  if (check) console.error(`${file} is not what the sources make of it; run \`npm run fix\``);
  else {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
    console.error(`wrote ${file}`);
  }
}
process.exitCode = check && stale > 0 ? 1 : 0;
