import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { capture } from "../../local/process";
import { root } from "../../local/state";
import type { Verdict } from "../../model/verdict";
import { greenlight, localStack, shellEnv } from "../support/local-stack";

interface Up extends Verdict {
  deployed: { changes: Record<string, number> };
}

describe("a local stack that fell ill", function () {
  this.timeout(300_000);
  before(async function () {
    this.timeout(45 * 60_000);
    await localStack();
  });

  it("goes on in the middle when a first deployment was cut off", async () => {
    // The namespace's objects vanish behind the engine's back; a refresh notices, the next up makes them again.
    const env = await shellEnv();
    await capture("kubectl", ["delete", "pdb", "learning", "-n", "inulearning"], { env });
    await capture("pulumi", ["refresh", "--yes", "--non-interactive"], { cwd: root, env });
    const { env: own } = await localStack();
    const again = await greenlight(["up", "--json"], own);
    assert.equal(again.code, 0, again.stderr);
    assert.equal((JSON.parse(again.stdout) as Up).deployed.changes.create, 1);
  });

  it("says that the API server stopped answering, and recovers when it does again", async () => {
    const { dir, env } = await localStack();
    const pid = Number(
      fs.readFileSync(path.join(dir, "state", "kwok", "clusters", "greenlight", "pids", "kube-apiserver.pid"), "utf8"),
    );
    process.kill(pid, "SIGSTOP");
    try {
      const sick = await greenlight(["doctor"], env);
      assert.match(sick.stdout, /SICK local control plane: does not answer `npm run up` restarts it/);
      const refused = await greenlight(["env"], env);
      assert.equal(refused.code, 50);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    assert.equal((await greenlight(["up", "--json"], env)).code, 0);
  });
});
