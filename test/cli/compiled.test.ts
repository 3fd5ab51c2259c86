import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { capture } from "../../local/process";
import { root } from "../../local/state";
import { greenlight, temporary } from "../support/local-stack";

/** The command runs from what V8 kept of it: that must change nothing, and be gone when it is wrong. */
describe("a bundle that runs from what was kept of it", function () {
  this.timeout(60_000);
  const dir = temporary();
  const bundle = path.join(dir, "bundle.js");
  const kept = path.join(dir, "bundle.cache");
  const runner = path.join(root, "cli", "compiled.js");
  const runs = (): Promise<string> =>
    capture("node", ["-e", `require(${JSON.stringify(runner)}).run(${JSON.stringify(bundle)})`]);
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  it("says the same, with what was kept, without it, and with half of it", async () => {
    fs.writeFileSync(
      bundle,
      `const late = typeof importLate === "function" ? importLate("node:path") : import("node:path");
late.then(({ posix }) => console.log(require("node:path").basename(__filename), posix.sep, typeof module.exports));`,
    );
    const said = "bundle.js / object";
    assert.equal((await runs()).trim(), said);
    await capture("node", [runner, bundle]);
    assert.ok(fs.statSync(kept).size > 0);
    assert.equal((await runs()).trim(), said);
    fs.truncateSync(kept, Math.floor(fs.statSync(kept).size / 2));
    assert.equal((await runs()).trim(), said);
  });

  it("is forgotten before another is written", async () => {
    await capture("node", ["-e", `require(${JSON.stringify(runner)}).forget(${JSON.stringify(bundle)})`]);
    assert.equal(fs.existsSync(kept), false);
  });

  it("is what this checkout's command runs from, and can import what nothing else can load", async () => {
    assert.ok(fs.existsSync(path.join(root, "bin", "cli", "greenlight.cache")));
    const scan = await greenlight(["scan", path.join(root, "examples", "service")]);
    assert.match(scan.stdout, /^next: /m, scan.stderr);
  });
});
