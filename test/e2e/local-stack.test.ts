import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { KubeObject } from "../../local/kubernetes-api";
import { capture, run } from "../../local/process";
import { root } from "../../local/state";
import type { Verdict } from "../../model/verdict";
import { copyOfCheckout, greenlight, localStack, ownFolders, shellEnv, temporary } from "../support/local-stack";

interface Up extends Verdict {
  deployed: { changes: Record<string, number>; pods: string; provider: string; kubeconfig: string };
}

/** The toolchain may have to be built first; everything here is quick once it is there. */
const firstMs = 45 * 60_000;

describe("the local stack, with the real engine and a real API server", function () {
  this.timeout(300_000);
  before(async function () {
    this.timeout(firstMs);
    await localStack();
  });

  it("comes up with GO, every service's pods Running in three zones", async () => {
    const { up } = await localStack();
    assert.equal(up.code, 0, up.stderr);
    const verdict = JSON.parse(up.stdout) as Up;
    assert.equal(verdict.verdict, "GO");
    assert.equal(verdict.basis.source, "preview");
    assert.equal(verdict.deployed.changes.create! > 25, true);
    const env = await shellEnv();
    const pods = JSON.parse(await capture("kubectl", ["get", "pods", "-A", "-o", "json"], { env })) as {
      items: KubeObject[];
    };
    const places = new Map<string, Set<string>>();
    for (const pod of pods.items) {
      const owners = (pod.metadata.ownerReferences ?? []) as { kind: string }[];
      // A scheduled job may just have run.
      if (owners.some(owner => owner.kind === "Job")) continue;
      assert.equal(pod.status?.phase, "Running");
      const service = pod.metadata.labels!["app.kubernetes.io/name"]!;
      places.set(service, (places.get(service) ?? new Set()).add(String(pod.spec!.nodeName)));
    }
    // What is released step by step is a custom resource, and has no pods without its controller; the worker has one,
    // because what would scale it does not run here.
    const watching = ["alloy", "blackbox", "grafana", "jaeger", "loki", "otel-collector"];
    const own = ["analyser", "analysis", "learning", "objects", "redis"];
    assert.deepEqual([...places.keys()].sort(), [...watching, ...own].sort());
    places.delete("analyser");
    for (const [service, nodes] of places) assert.equal(nodes.size, 3, service);
  });

  it("is unchanged by a second up; custom resources were taken strictly, and it says that nothing here acts on them", async () => {
    const { env } = await localStack();
    const again = await greenlight(["up"], env);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /deployed to the local cluster at \S+: \d+ unchanged;/);
    for (const kind of [
      ...["1 Cluster", "1 Pooler", "2 ScheduledBackup", "1 PerconaServerMongoDB", "1 Bundle", "1 Rollout"],
      ...["2 Gateway", "1 Prometheus", "1 Alertmanager", "1 ScaledObject", "1 Probe"],
    ])
      assert.ok(again.stdout.includes(kind), again.stdout);
    assert.match(again.stdout, /accepted, no controller here/);
    const misspelt =
      "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: x}\nspec: {instances: 3, deletionPolicy: x}\n";
    const file = path.join((await localStack()).dir, "misspelt.yaml");
    fs.writeFileSync(file, misspelt);
    const refused = await run("kubectl", ["create", "--dry-run=server", "--validate=strict", "-f", file], {
      env: await shellEnv(),
    });
    assert.match(refused.stderr, /unknown field "spec\.deletionPolicy"/);
  });

  it("has the API server itself refuse what the review would, by the same rules", async () => {
    const { dir } = await localStack();
    const env = await shellEnv();
    const apply = async (name: string, object: object, ...args: string[]) => {
      const file = path.join(dir, `${name}.json`);
      fs.writeFileSync(file, JSON.stringify(object));
      return run("kubectl", [...args, "-f", file], { env });
    };
    const labels = { app: "by-hand" };
    const workload = (namespace: string) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "by-hand", namespace },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "x", image: "nginx" }] } },
      },
    });
    const refused = await apply("by-hand", workload("inulearning"), "create", "--dry-run=server");
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stderr,
      /ValidatingAdmissionPolicy 'inulearning-[a-z-]+' .* denied request: .* \[GL-[A-Z]+-\d\d\]/,
    );
    const elsewhere = await apply("elsewhere", workload("default"), "create", "--dry-run=server");
    assert.equal(elsewhere.code, 0, elsewhere.stderr);
    const open = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "by-hand", namespace: "inulearning" },
      spec: { type: "NodePort", ports: [{ port: 80 }] },
    };
    assert.match(
      (await apply("open", open, "create", "--dry-run=server")).stderr,
      /through the gateway only.*\[GL-NET-03\]/,
    );
    // A debug container is added to a pod that runs; it is asked the same.
    const [name] = (await capture("kubectl", ["get", "pods", "-n", "inulearning", "-o", "name"], { env })).split("\n");
    const debug = ["debug", "-n", "inulearning", name!, "--image=busybox", "--profile=sysadmin"];
    const debugged = await run("kubectl", debug, { env });
    assert.notEqual(debugged.code, 0);
    assert.match(debugged.stderr, /violates PodSecurity|\[GL-[A-Z]+-\d\d\]/);
  });

  it("is audited as it runs: nothing is violated, what was done past the gate shows, and the cluster keeps the result", async () => {
    const { env: own } = await localStack();
    const env = await shellEnv();
    const audit = (...args: string[]) =>
      greenlight(["audit", "--kubeconfig", String(env.KUBECONFIG), "--tier", "local", ...args], own);
    const clean = await audit("--json");
    const found = (verdict: Verdict) => verdict.findings.map(({ rule, resource }) => `${rule} ${resource}`);
    const before = JSON.parse(clean.stdout) as Verdict;
    assert.deepEqual(found(before), []);
    assert.equal(clean.code, 0, clean.stderr);
    assert.ok(before.basis.resources > 300);
    assert.equal(before.basis.source, "cluster");
    const name = "by-hand";
    await capture("kubectl", ["create", "namespace", name], { env });
    try {
      await capture("kubectl", ["create", "deployment", "web", "-n", name, "--image=nginx"], { env });
      await capture("kubectl", ["create", "secret", "generic", "seen", "-n", name, "--from-literal=word=hush"], {
        env,
      });
      const dirty = await audit("--write", "--json");
      assert.equal(dirty.code, 20, dirty.stderr);
      const verdict = JSON.parse(dirty.stdout) as Verdict;
      assert.ok(found(verdict).includes(`GL-POD-01 Deployment ${name}/web`), found(verdict).join("\n"));
      assert.ok(!dirty.stdout.includes("hush") && !dirty.stdout.includes(Buffer.from("hush").toString("base64")));
      // Its ReplicaSet and pods are the Deployment's: one fault, one place.
      assert.deepEqual([...new Set(found(verdict).map(one => one.split(" ")[1]))].sort(), ["Deployment", "Namespace"]);
      const kept = JSON.parse(await capture("kubectl", ["get", "clusterreports", "-o", "json"], { env })) as {
        items: { summary: { fail: number }; results: unknown[] }[];
      };
      assert.equal(kept.items.length, 1);
      assert.ok(kept.items[0]!.summary.fail > 0);
    } finally {
      await capture("kubectl", ["delete", "namespace", name, "--wait=true"], { env });
    }
  });

  it("leaves a report that says the same in both forms", async () => {
    const { dir } = await localStack();
    const markdown = fs.readFileSync(path.join(dir, "report", "local", "report.md"), "utf8");
    const data = JSON.parse(fs.readFileSync(path.join(dir, "report", "local", "report.json"), "utf8")) as Verdict;
    assert.equal(data.verdict, "GO");
    assert.ok(markdown.startsWith("# GO: greenlight / local\n"));
    for (const rule of data.rules) assert.ok(markdown.includes(`| ${rule.id} |`), rule.id);
  });

  it("shows which provider served", async () => {
    const { dir } = await localStack();
    const log = fs.readFileSync(path.join(dir, "evidence", "local", "preview.log"), "utf8");
    const { up } = await localStack();
    const isStandIn = (JSON.parse(up.stdout) as Up).deployed.provider.includes("stand-in");
    assert.equal(/using pulumi-resource-kubernetes from \$PATH.*local\/providers/.test(log), isStandIn);
  });

  it("works with plain pulumi and kubectl in the shell that `greenlight env` gives", async () => {
    const env = await shellEnv();
    const { stdout } = await localStack().then(({ env: own }) => greenlight(["env"], own));
    assert.match(stdout, /^export PULUMI_OPTION_POLICY_PACK='/m);
    for (const args of [["preview"], ["up", "--yes"], ["stack", "--show-urns"]]) {
      const done = await run("pulumi", [...args, "--non-interactive"], { cwd: root, env });
      assert.equal(done.code, 0, done.stdout + done.stderr);
      const { up } = await localStack();
      const { create } = (JSON.parse(up.stdout) as Up).deployed.changes;
      if (args[0] !== "stack") assert.ok(done.stdout.includes(` ${create} unchanged`), done.stdout);
    }
    assert.match(await capture("kubectl", ["get", "servicemonitors", "-A"], { env }), /api/);
  });

  it("names a process of the control plane that died, and brings it back", async () => {
    const { dir, env } = await localStack();
    const pids = path.join(dir, "state", "kwok", "clusters", "greenlight", "pids");
    process.kill(Number(fs.readFileSync(path.join(pids, "kube-controller-manager.pid"), "utf8")), "SIGKILL");
    await new Promise(resolve => setTimeout(resolve, 300));
    assert.match((await greenlight(["doctor"], env)).stdout, /SICK local control plane: kube-controller-manager died/);
    const again = await greenlight(["up", "--json"], env);
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(Object.keys((JSON.parse(again.stdout) as Up).deployed.changes), ["same"]);
  });

  it("tells plain pulumi's user that the passphrase is missing, and loses nothing", async () => {
    const env = { ...(await shellEnv()), PULUMI_CONFIG_PASSPHRASE: undefined };
    const done = await run("pulumi", ["preview", "--non-interactive"], { cwd: root, env });
    assert.notEqual(done.code, 0);
    assert.match(done.stdout + done.stderr, /PULUMI_CONFIG_PASSPHRASE/);
  });

  it("lets the stand-in work on no other API server", async () => {
    const env = await shellEnv();
    const refreshed = await run("pulumi", ["refresh", "--yes", "--non-interactive"], {
      cwd: root,
      env: { ...env, KUBECONFIG: "/dev/null" },
    });
    assert.notEqual(refreshed.code, 0);
    assert.match(
      refreshed.stdout,
      /need the local control plane's: the stand-in Kubernetes provider works on no other cluster/,
    );
  });
});

describe("taking the local stack down", function () {
  this.timeout(firstMs);

  it("leaves no process and no file", async () => {
    // What is deployed makes no difference to taking it away.
    const copy = copyOfCheckout("small");
    const dir = temporary();
    const env = ownFolders(dir);
    const up = await greenlight(["up", "--json"], env, copy);
    assert.equal(up.code, 0, up.stderr);
    assert.ok(processesOf(dir).length >= 4);
    const down = await greenlight(["down", "--json"], env, copy);
    assert.deepEqual(JSON.parse(down.stdout), { stopped: true });
    assert.deepEqual(processesOf(dir), []);
    assert.deepEqual(fs.readdirSync(dir).sort(), ["evidence", "report"]);
    fs.rmSync(dir, { recursive: true });
    fs.rmSync(path.dirname(copy), { recursive: true });
  });
});

/** Command lines of running processes that name a folder. */
function processesOf(dir: string): string[] {
  const lines = fs.readdirSync("/proc").filter(name => /^\d+$/.test(name));
  return lines.flatMap(pid => {
    try {
      const line = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return line.includes(dir) ? [line] : [];
    } catch {
      return [];
    }
  });
}
