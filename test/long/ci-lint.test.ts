import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ciScript, githubWorkflow } from "../../cli/adoption/ci-files";
import { run } from "../../local/process";
import { root } from "../../local/state";
import { cacheDir } from "../../local/toolchain/cache";
import { temporary } from "../support/local-stack";

describe("workflows", function () {
  this.timeout(10 * 60_000);

  it("are what actionlint and the shell take for sound", async function () {
    const folder = path.join(cacheDir(), "lint");
    const actionlint = path.join(folder, "actionlint");
    if (!fs.existsSync(actionlint))
      await run("go", ["install", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"], {
        env: { ...process.env, GOBIN: folder },
      });
    if (!fs.existsSync(actionlint)) {
      console.log("      actionlint cannot be had here: workflows are not linted");
      this.skip();
    }
    const dir = temporary();
    const others = { check: "$GREENLIGHT check rendered --tier production", branch: "main" };
    fs.writeFileSync(path.join(dir, "others.yml"), githubWorkflow(others));
    fs.writeFileSync(path.join(dir, "others.sh"), ciScript(others));
    const linted = await run(actionlint, [
      path.join(root, "examples", "ci", "github.yml"),
      path.join(dir, "others.yml"),
    ]);
    assert.equal(linted.code, 0, linted.stdout);
    for (const script of [path.join(root, "examples", "ci", "greenlight.sh"), path.join(dir, "others.sh")])
      assert.equal((await run("sh", ["-n", script])).code, 0);
    const broken = path.join(dir, "broken.yml");
    fs.writeFileSync(broken, githubWorkflow(others).replace("runs-on: ubuntu-latest", "runs-onn: x"));
    assert.notEqual((await run(actionlint, [broken])).code, 0, "a broken one is noticed");
    fs.rmSync(dir, { recursive: true });
  });
});
