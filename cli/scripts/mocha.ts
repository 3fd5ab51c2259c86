import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const root = path.resolve(__dirname, "..", "..", "..");

/** What one process of mocha counted. */
interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Runs mocha on compiled tests, a process for each group at the same time, and ends with its exit code. The first group
 * is shown as it runs; what the others said follows when it is over. The closing line counts all of them.
 */
export async function runMocha(groups: string[][]): Promise<void> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-tally-"));
  const runs = groups.map((specs, index) => runGroup(specs, path.join(dir, `${index}.json`), index === 0));
  const sum: Tally = { passed: 0, failed: 0, skipped: 0 };
  let worst = 0;
  for (const run of runs) {
    const { code, output, tally } = await run;
    process.stdout.write(output);
    worst = Math.max(worst, code);
    // A process that left no tally ended before it was through.
    if (!tally) sum.failed++;
    for (const key of ["passed", "failed", "skipped"] as const) sum[key] += tally?.[key] ?? 0;
  }
  fs.rmSync(dir, { recursive: true, force: true });
  const line = `${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ""}\n`;
  // A pipe takes 64 KiB at a time, and the closing line is what CI reads: nothing ends before it is out.
  process.stdout.write(line, () => process.exit(worst || (sum.failed > 0 ? 1 : 0)));
}

function runGroup(
  specs: string[],
  file: string,
  isShown: boolean,
): Promise<{ code: number; output: string; tally?: Tally }> {
  const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
  return new Promise(resolve => {
    const child = spawn(process.execPath, [mocha, ...specs, ...process.argv.slice(2)], {
      cwd: root,
      stdio: isShown ? "inherit" : ["ignore", "pipe", "pipe"],
      env: { ...process.env, GREENLIGHT_TALLY: file },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", code => {
      const tally = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Tally) : undefined;
      resolve({ code: code ?? 1, output, ...(tally ? { tally } : {}) });
    });
  });
}
