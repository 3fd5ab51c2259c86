import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDir } from "../local/toolchain/cache";
import { run } from "../local/process";
import { root } from "../local/state";
import { temporary } from "../test/support/local-stack";

const rounds = 3;

/**
 * What scanning costs, process start included: 1,000 and 10,000 files like ours, beside gitleaks on the same ones. Gitleaks looks for
 * secrets only, on all cores; ours classes uses of the environment too.
 */
export async function benchScan(): Promise<void> {
  const folder = path.join(cacheDir(), "bench");
  const gitleaks = path.join(folder, "gitleaks");
  if (!fs.existsSync(gitleaks))
    await run("go", ["install", "github.com/zricethezav/gitleaks/v8@v8.30.0"], {
      env: { ...process.env, GOBIN: folder },
    });
  const hasPeer = fs.existsSync(gitleaks);
  if (!hasPeer) console.log("gitleaks cannot be had here");
  const listed = await run("git", ["ls-files", "-z"], { cwd: root });
  const sources = listed.stdout.split("\0").filter(file => /\.(ts|ya?ml|json)$/.test(file) && !/lock/.test(file));
  console.log("\nScanning, min / median / max of three, process start included");
  const medians: number[] = [];
  for (const count of [1_000, 10_000]) {
    const dir = temporary();
    for (let n = 0; n < count; n++) {
      const source = path.join(root, sources[n % sources.length]!);
      const place = path.join(dir, String(Math.floor(n / 100)));
      fs.mkdirSync(place, { recursive: true });
      fs.copyFileSync(source, path.join(place, `${n}${path.extname(source)}`));
    }
    const timed = async (program: string, args: string[]): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const from = performance.now();
        await run(program, args, { cwd: root });
        times.push((performance.now() - from) / 1_000);
      }
      times.sort((a, b) => a - b);
      console.log(
        `${String(count).padStart(6)} files  ${path.basename(args[0] === "cli/launch.js" ? "greenlight" : program).padEnd(10)} ${times.map(one => one.toFixed(2)).join(" / ")} s`,
      );
      return times[1]!;
    };
    const own = await timed(process.execPath, ["cli/launch.js", "scan", dir, "--json"]);
    medians.push(own);
    if (hasPeer) {
      const peer = await timed(gitleaks, ["dir", dir, "--no-banner", "--exit-code", "0", "--log-level", "error"]);
      console.log(`${String(count).padStart(6)} files  ${(own / peer).toFixed(2)}x of gitleaks`);
    }
    fs.rmSync(dir, { recursive: true, force: true });
  }
  console.log(`ten times the files take ${(medians[1]! / medians[0]!).toFixed(1)}x as long`);
}
