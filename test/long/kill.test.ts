import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { root } from "../../local/state";
import { greenlight, ownFolders, temporary } from "../support/local-stack";

/** Moments after the start at which a first `up` is killed, in milliseconds: one in each of ten slices, by the seed. */
const slices = Array.from({ length: 10 }, (_, index) => 300 + index * 1_300);
const [offsets] = fc.sample(
  fc.array(fc.integer({ min: 0, max: 1_299 }), { minLength: slices.length, maxLength: slices.length }),
  {
    numRuns: 1,
    seed: Number(process.env.SEED ?? 20261122),
  },
);
const moments = slices.map((start, index) => start + offsets![index]!);

describe("killed in the middle", function () {
  this.timeout(900_000);
  let dir: string;
  beforeEach(() => (dir = temporary()));
  // Whatever a test found, nothing of it runs on.
  afterEach(async () => {
    const down = await greenlight(["down", "--json"], ownFolders(dir));
    assert.equal(down.code, 0, down.stderr);
    fs.rmSync(dir, { recursive: true, force: true });
  });

  for (const ms of moments)
    it(`comes up all the same after kill -9 at ${ms} ms`, async () => {
      const env = { ...process.env, ...ownFolders(dir), CI: "true" };
      const child = spawn(process.execPath, [path.join(root, "cli", "launch.js"), "up", "--json"], {
        cwd: root,
        env,
        stdio: "ignore",
        detached: true,
      });
      await new Promise(resolve => setTimeout(resolve, ms));
      try {
        // The whole group: the engine and the provider go down with it, as in a crash of the machine.
        process.kill(-child.pid!, "SIGKILL");
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "ESRCH");
      }
      const again = await greenlight(["up", "--json"], ownFolders(dir));
      assert.equal(again.code, 0, again.stderr);
      assert.deepEqual(enginesOf(dir), []);
    });

  for (const ms of [1_500, 4_000, 7_000])
    it(`stops in order when it is interrupted at ${ms} ms`, async () => {
      const env = { ...process.env, ...ownFolders(dir), CI: "true" };
      const launcher = path.join(root, "cli", "launch.js");
      const child = spawn(process.execPath, [launcher, "up", "--json"], { cwd: root, env, stdio: "ignore" });
      setTimeout(() => child.kill("SIGINT"), ms);
      const code = await new Promise(resolve => child.once("close", resolve));
      assert.equal(code, 130);
      assert.deepEqual(enginesOf(dir), []);
      const again = await greenlight(["up", "--json"], ownFolders(dir));
      assert.equal(again.code, 0, again.stderr);
    });
});

/** Engines and providers that still run on behalf of a test's folder. */
function enginesOf(dir: string): string[] {
  const pids = fs.readdirSync("/proc").filter(name => /^\d+$/.test(name));
  return pids.flatMap(pid => {
    try {
      const line = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const env = fs.readFileSync(`/proc/${pid}/environ`, "utf8");
      return /pulumi/.test(line) && env.includes(dir) ? [line] : [];
    } catch {
      return [];
    }
  });
}
