import * as fs from "node:fs";
import * as path from "node:path";
import { generated, packLock } from "../generated";

/** Writes every generated file: pack lock, rule catalogue, JSON schemas, pictures. `--check` only compares. */
const root = path.resolve(__dirname, "..", "..", "..");

async function main(): Promise<void> {
  const check = process.argv.includes("--check");
  let stale = 0;
  const write = ([file, text]: [string, string]): void => {
    const target = path.join(root, file);
    if (fs.existsSync(target) && fs.readFileSync(target, "utf8") === text) return;
    stale++;
    if (check) console.error(`${file} is not what the sources make of it; run \`npm run fix\``);
    else {
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, text);
      console.error(`wrote ${file}`);
    }
  };
  Object.entries(packLock(root)).forEach(write);
  if (!check || stale === 0) {
    const files = await generated(root);
    Object.entries(files).forEach(write);
    // A page of a rule that is no more.
    for (const name of fs.readdirSync(path.join(root, "docs", "rules")).map(one => `docs/rules/${one}`))
      if (!(name in files)) {
        stale++;
        if (check) console.error(`${name} has no rule any more; run \`npm run fix\``);
        else fs.rmSync(path.join(root, name));
      }
  }
  process.exitCode = check && stale > 0 ? 1 : 0;
}

void main();
