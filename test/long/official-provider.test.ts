import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { kubernetesProviderPart } from "../../local/toolchain/kubernetes-provider";
import { ensurePart } from "../../local/toolchain/ensure";
import type { Verdict } from "../../model/verdict";
import { greenlight, ownFolders, temporary } from "../support/local-stack";

interface Up extends Verdict {
  deployed: { changes: Record<string, number>; pods: string; provider: string };
}

/** The makers' own provider, built from their module, in the place of ours: the same program, unchanged. */
describe("the official Kubernetes provider", function () {
  this.timeout(15 * 60_000);
  const dir = temporary();
  const own = ownFolders(dir);
  let env: NodeJS.ProcessEnv;

  before(async function () {
    this.timeout(45 * 60_000);
    const { dir: programs } = await ensurePart(kubernetesProviderPart, () => undefined);
    env = { ...own, PATH: [programs, process.env.PATH].join(path.delimiter) };
  });
  after(async () => {
    await greenlight(["down"], env);
    fs.rmSync(dir, { recursive: true, force: true });
  });

  it("deploys the local stack with GO, and says that it did", async () => {
    const up = await greenlight(["up", "--json"], env);
    assert.equal(up.code, 0, up.stderr);
    const verdict = JSON.parse(up.stdout) as Up;
    assert.equal(verdict.verdict, "GO");
    assert.match(verdict.deployed.provider, /^PATH/);
    assert.ok(!verdict.basis.simulated.some(one => one.includes("stand-in")), verdict.basis.simulated.join("; "));
    assert.ok(verdict.deployed.changes.create! > 300);
    assert.match(verdict.deployed.pods, /^(\d+) of \1 /);
  });

  it("changes nothing the second time", async () => {
    const up = await greenlight(["up", "--json"], env);
    assert.equal(up.code, 0, up.stderr);
    const { changes } = (JSON.parse(up.stdout) as Up).deployed;
    assert.deepEqual(Object.keys(changes), ["same"]);
  });
});
