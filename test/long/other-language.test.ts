import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../local/process";
import { root } from "../../local/state";
import { ensurePart } from "../../local/toolchain/ensure";
import { ensurePythonSdk, pythonHostPart } from "../../local/toolchain/python-language";
import { shellEnv, temporary } from "../support/local-stack";

/** Somebody else's program in Python, under the real engine and its host of Python programs, with our rules at its gate. */
describe("a program in another language", function () {
  this.timeout(300_000);
  const dir = temporary();
  let env: NodeJS.ProcessEnv;
  const pulumi = (...args: string[]) =>
    run("pulumi", [...args, "--non-interactive", "--color", "never"], { cwd: path.join(dir, "python"), env });

  before(async function () {
    this.timeout(45 * 60_000);
    const quiet = () => undefined;
    const { dir: host } = await ensurePart(pythonHostPart, quiet);
    const python = await ensurePythonSdk(quiet);
    const shell = await shellEnv();
    env = {
      ...shell,
      PATH: [host, python, shell.PATH].join(path.delimiter),
      PULUMI_STACK: undefined,
      PULUMI_BACKEND_URL: `file://${dir}`,
    };
    fs.cpSync(path.join(root, "examples", "python"), path.join(dir, "python"), { recursive: true });
    const made = await pulumi("stack", "init", "dev");
    assert.equal(made.code, 0, made.stderr);
  });
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  it("is stopped by the same rules, in the same words", async () => {
    const { code, stdout } = await pulumi("preview");
    assert.notEqual(code, 0);
    for (const said of [
      /Deployment bookshop\/web is kept at 1 \(spec\.replicas\); need at least 3 pods in tier production\..* \[GL-HA-02\]/,
      /securityContext\.runAsNonRoot is missing; need true.* \[GL-POD-01\]/,
      /image is "registry\.example\.com\/bookshop\/web:latest"; need an image with @sha256.* \[GL-IMG-01\]/,
    ])
      assert.match(stdout, said);
    assert.match(stdout, /error: preview failed/);
  });
});
