import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { DrillReport } from "../../drills/run";
import { capture } from "../../local/process";
import { greenlight, localStack, shellEnv, temporary } from "../support/local-stack";

describe("drills in the local stack's cluster", function () {
  this.timeout(240_000);
  before(async function () {
    // The toolchain may have to be built first.
    this.timeout(45 * 60_000);
    await localStack();
  });

  it("accepts the set and the restore that MongoDB's drill makes", async () => {
    const env = await shellEnv();
    const kubectl = (...args: string[]) => capture("kubectl", ["-n", "data", ...args], { env });
    const { data } = JSON.parse(await kubectl("get", "configmap", "documents-drill-plan", "-o", "json")) as {
      data: Record<string, string>;
    };
    assert.deepEqual(Object.keys(data).sort(), ["restore.json", "set.json"]);
    for (const text of Object.values(data)) {
      const file = path.join(temporary(), "one.json");
      fs.writeFileSync(file, text);
      const said = await kubectl("create", "--dry-run=server", "--validate=strict", "-f", file);
      assert.match(
        said,
        /perconaservermongodb(restore)?\.psmdb\.percona\.com\/documents-drill created \(server dry run\)/,
      );
      fs.rmSync(path.dirname(file), { recursive: true });
    }
    // Its account may delete what bears the drill's name, and not the set that serves.
    const may = (verb: string, what: string) =>
      kubectl("auth", "can-i", verb, what, "--as=system:serviceaccount:data:documents-drill").then(
        said => said.trim() === "yes",
        () => false,
      );
    assert.equal(await may("delete", "perconaservermongodb/documents-drill"), true);
    assert.equal(await may("delete", "pvc/mongod-data-documents-drill-rs0-0"), true);
    for (const what of ["perconaservermongodb/documents", "pvc/mongod-data-documents-rs0-0", "secret/documents-users"])
      assert.equal(await may("delete", what), false, what);
  });

  it("is no cluster to drill in: its pods run nothing, and a restore there is none", async () => {
    const { env: own } = await localStack();
    const env = await shellEnv();
    const gathered = temporary();
    const drillOf = (what: string, ...args: string[]) =>
      greenlight(["drill", what, "redis", "--target", "cluster", "--kubeconfig", String(env.KUBECONFIG), ...args], own);
    const drill = (...args: string[]) => drillOf("restore", ...args);
    const done = await drill("--stack", "local", "--evidence", gathered, "--json");
    const report = JSON.parse(done.stdout) as DrillReport;
    assert.equal(done.code, 30, done.stderr);
    assert.deepEqual([report.result, report.target], ["invalid", "cluster"]);
    // Its jobs were really made, of the CronJobs that are deployed, and are gone again.
    assert.match(
      report.proofs.map(one => one.seen).join("; "),
      /redis-heartbeat-[0-9a-f]{8}/,
      report.reasons.join("; "),
    );
    // Where nobody really writes nothing is broken: every pod is the one it was.
    const pods = () =>
      capture(
        "kubectl",
        [
          "-n",
          "data",
          "get",
          "pods",
          "-l",
          "app.kubernetes.io/component=server",
          "-o",
          "jsonpath={.items[*].metadata.uid}",
        ],
        { env },
      );
    const before = await pods();
    const failover = await drillOf("failover", "--yes", "--stack", "local", "--evidence", gathered, "--json");
    assert.equal(failover.code, 30, failover.stderr);
    assert.match(
      (JSON.parse(failover.stdout) as DrillReport).reasons.join("; "),
      /writes were confirmed before the fault/,
    );
    assert.equal(await pods(), before);
    const left = await capture("kubectl", ["get", "jobs", "-A", "-l", "greenlight.dev/drill", "-o", "name"], { env });
    assert.equal(left.trim(), "");
    const evidence = fs.readFileSync(path.join(gathered, "drill-restore-redis.json"), "utf8");
    assert.doesNotMatch(evidence, /"succeeded"/);
    const refused = await drill("--stack", "moon");
    assert.equal(refused.code, 64, refused.stderr);
    assert.equal((await drill("--stack", "local", "--sabotage", "rain")).code, 64);
    fs.rmSync(gathered, { recursive: true, force: true });
  });
});
