import { spawnSync } from "node:child_process";
import * as path from "node:path";

const root = path.resolve(__dirname, "..", "..", "..");

/** Runs mocha on compiled tests and ends with its exit code. */
export function runMocha(specs: string[]): void {
  const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
  const done = spawnSync(process.execPath, [mocha, ...specs, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  process.exit(done.status ?? 1);
}
