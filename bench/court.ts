import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../local/process";
import { root } from "../local/state";
import { temporary } from "../test/support/local-stack";

const rounds = 5;

/** What holding court costs, process start included: 200 and 2,000 documents like those of the tests. */
export async function benchCourt(): Promise<void> {
  const folders = ["court/clean", "documents"].map(name => path.join(root, "test", "fixtures", name));
  const sources = folders.flatMap(dir => fs.readdirSync(dir).map(name => path.join(dir, name)));
  const medians: number[] = [];
  console.log("\nHolding court, min / median / max of five, process start included");
  for (const count of [200, 2_000]) {
    const dir = temporary();
    for (let n = 0; n < count; n++) {
      const source = sources[n % sources.length]!;
      fs.copyFileSync(source, path.join(dir, `${n}${path.extname(source)}`));
    }
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      await run(process.execPath, ["cli/launch.js", "court", "--json", dir], { cwd: root });
      times.push((performance.now() - started) / 1_000);
    }
    fs.rmSync(dir, { recursive: true, force: true });
    times.sort((a, b) => a - b);
    const median = times[Math.floor(rounds / 2)]!;
    medians.push(median);
    console.log(
      `${String(count).padStart(5)} documents  ${times[0]!.toFixed(2)} / ${median.toFixed(2)} / ${times.at(-1)!.toFixed(2)} s`,
    );
  }
  console.log(`ten times the documents take ${(medians[1]! / medians[0]!).toFixed(1)}x as long`);
}
