import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { readKubeconfig } from "../../local/kubernetes-api";
import { capture, run } from "../../local/process";
import type { RunResult } from "../../local/process";
import { root } from "../../local/state";
import { sha256 } from "../../model/canonical";
import type { Verdict } from "../../model/verdict";
import type { Envelope } from "../../policies/passport";
import { documentId, roles } from "../../policies/passport";
import { committedCheckout, gitIn } from "../support/committed-checkout";
import { soundFiles, testKey, writeSet } from "../support/evidence";
import { ownFolders, temporary } from "../support/local-stack";

/**
 * A stack of tier staging all the way: previewed by the real engine, judged with its evidence, signed for by three people, deployed
 * to a real API server. The official provider cannot be had here: what stands in its place is put on PATH for this test alone.
 */
describe("a stack above tier local", function () {
  this.timeout(300_000);
  const dir = temporary();
  const at = (...parts: string[]) => path.join(dir, ...parts);
  const checkout = at("checkout");
  const evidence = at("gathered");
  const keys = roles.map((role, index) => ({ role, ...testKey(`${index}@example.com`) }));
  const passport = at("passport.json");
  let env: NodeJS.ProcessEnv;

  const greenlight = (args: string[], more: NodeJS.ProcessEnv = {}): Promise<RunResult> =>
    run("node", ["bin/cli/greenlight.js", ...args], { cwd: checkout, env: { ...env, ...more } });
  const up = (more: NodeJS.ProcessEnv = {}) =>
    greenlight(["up", "--stack", "staging", "--evidence", evidence], { GREENLIGHT_PASSPORT: passport, ...more });
  const signed = (key: number, more: string[] = []) =>
    greenlight(["sign", "--stack", "staging", "--evidence", evidence, "--key", at(`${key}.pem`), ...more]);
  const namespaces = async () =>
    (await capture("kubectl", ["get", "deployments", "-A", "-o", "name"], { env })).split("\n").filter(Boolean).length;

  before(async function () {
    this.timeout(45 * 60_000);
    await committedCheckout(checkout);
    const small = fs.readFileSync(path.join(root, "test", "fixtures", "stacks", "small.yaml"), "utf8");
    fs.writeFileSync(
      path.join(checkout, "stacks", "Pulumi.staging.yaml"),
      small.replace("greenlight:tier: local", "greenlight:tier: staging"),
    );
    await gitIn(checkout, "commit", "--quiet", "-am", "a staging that this machine can hold");
    // A cluster of its own, started by a preview that deploys nothing, and reached as any other from here on.
    const cluster = at("cluster");
    const started = await run("node", ["bin/cli/greenlight.js", "preview", "--stack", "local"], {
      cwd: checkout,
      env: { ...process.env, ...ownFolders(cluster) },
    });
    assert.equal(started.code, 0, started.stdout + started.stderr);
    const kubeconfig = at("staging.kubeconfig");
    fs.copyFileSync(path.join(cluster, "state", "kubeconfig"), kubeconfig);
    // In the place of the official provider, which cannot be had here.
    fs.mkdirSync(at("plugins"));
    const state = path.join(cluster, "state");
    const standIn = path.join(checkout, "local", "providers", "kubernetes", "pulumi-resource-kubernetes");
    fs.writeFileSync(
      at("plugins", "pulumi-resource-kubernetes"),
      `#!/bin/sh\nexport GREENLIGHT_STATE='${state}' KUBECONFIG='${state}/kubeconfig'\nexec '${standIn}' "$@"\n`,
      { mode: 0o755 },
    );
    for (const [index, key] of keys.entries())
      fs.writeFileSync(at(`${index}.pem`), key.privateKey.export({ type: "pkcs8", format: "pem" }));
    const authority = readKubeconfig(kubeconfig).ca!.toString("utf8");
    fs.writeFileSync(
      at("trust.json"),
      JSON.stringify({
        keys: keys.map(({ role, trusted }) => ({ ...trusted, role })),
        targets: [{ name: "staging", tier: "staging", clusterAuthority: sha256(authority) }],
      }),
    );
    fs.mkdirSync(at("backend"));
    env = {
      ...process.env,
      NO_COLOR: "1",
      PATH: [at("plugins"), process.env.PATH].join(path.delimiter),
      PULUMI_BACKEND_URL: `file://${at("backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "local",
      KUBECONFIG: kubeconfig,
      ...ownFolders(at("outputs")),
      GREENLIGHT_TRUST: at("trust.json"),
    };
    const shell = JSON.parse(
      await capture("node", ["bin/cli/greenlight.js", "env", "--json"], {
        cwd: checkout,
        env: { ...process.env, ...ownFolders(cluster) },
      }),
    ) as { PATH: string };
    // The engine and kubectl as `greenlight env` has them; what stands in for providers there is taken off again.
    env.PATH = [env.PATH, shell.PATH].join(path.delimiter);
    await capture("pulumi", ["stack", "init", "staging", "--non-interactive"], { cwd: checkout, env });
    await gitIn(checkout, "commit", "--quiet", "--allow-empty", "-am", "the stack is made");
    fs.mkdirSync(evidence);
  });
  after(async () => {
    await run("node", ["bin/cli/greenlight.js", "down"], {
      cwd: checkout,
      env: { ...process.env, ...ownFolders(at("cluster")) },
    });
    fs.rmSync(dir, { recursive: true, force: true });
  });

  it("is not deployed without a passport, and nothing is made ready for it", async () => {
    const done = await up({ GREENLIGHT_PASSPORT: undefined });
    assert.equal(done.code, 30, done.stdout + done.stderr);
    assert.match(done.stderr, /not allowed \(GREENLIGHT_PASSPORT is not set/);
    assert.equal(done.stdout, "");
  });

  it("is inconclusive as long as evidence is missing, and is not signed for", async () => {
    const done = await greenlight(["preview", "--stack", "staging"]);
    assert.equal(done.code, 30, done.stdout + done.stderr);
    assert.match(done.stdout, /^INCONCLUSIVE {2}greenlight staging {2}tier staging/m);
    assert.doesNotMatch(done.stdout, /SIMULATED/);
    assert.match(done.stdout, /no image scan is there/);
    const refused = await signed(0, ["--out", passport]);
    assert.equal(refused.code, 30);
    assert.match(refused.stdout, /nothing is signed/);
    assert.ok(!fs.existsSync(passport));
  });

  it("is GO with all its evidence, by the engine's own preview", async () => {
    const now = Date.now();
    const files = soundFiles(now, "staging");
    const stack = fs.readFileSync(path.join(checkout, "stacks", "Pulumi.staging.yaml"), "utf8");
    for (const [index, [digest]] of [...stack.matchAll(/sha256:[0-9a-f]{64}/g)].entries())
      files[`trivy-${index}.json`] = {
        ...(files["trivy.json"] as object),
        Metadata: { RepoDigests: [`registry.example.com/x@${digest}`] },
      };
    writeSet(evidence, files, Object.keys(files), now, "staging");
    const done = await greenlight(["report", "--stack", "staging", "--evidence", evidence, "--preview"]);
    assert.equal(done.code, 0, done.stdout + done.stderr);
    assert.match(done.stdout, /^GO {2}greenlight staging {2}tier staging/);
  });

  it("is signed for by three roles; two are not enough", async () => {
    const first = await signed(0, ["--out", passport]);
    assert.equal(first.code, 0, first.stdout + first.stderr);
    assert.equal((await greenlight(["sign", "--passport", passport, "--key", at("1.pem")])).code, 0);
    const two = await up();
    assert.equal(two.code, 30, two.stdout);
    assert.match(two.stderr, /not allowed \(nobody signed as product manager\)/);
    assert.equal((await greenlight(["sign", "--passport", passport, "--key", at("2.pem")])).code, 0);
  });

  it("is not deployed where its target is not the one that is listed", async () => {
    const elsewhere = await up({ KUBECONFIG: at("nowhere") });
    assert.equal(elsewhere.code, 30, elsewhere.stdout);
    assert.match(elsewhere.stderr, /of tier production is not allowed \(it is for tier staging, not production/);
  });

  it("is not deployed when evidence got worse after it was signed for", async () => {
    fs.writeFileSync(path.join(evidence, "worse.json"), '{"total":{"lines":{"total":1000,"covered":400}}}');
    try {
      const done = await up();
      assert.equal(done.code, 20, done.stdout + done.stderr);
      assert.match(done.stdout, /not deployed: it is NO-GO now/);
      assert.equal(await namespaces(), 0);
    } finally {
      fs.rmSync(path.join(evidence, "worse.json"));
    }
  });

  it("is not deployed when a file of evidence was changed, or a file of the program", async () => {
    for (const file of [path.join(evidence, "k6.json"), path.join(checkout, "stacks", "Pulumi.staging.yaml")]) {
      const text = fs.readFileSync(file, "utf8");
      fs.writeFileSync(file, `${text} `);
      const done = await up();
      fs.writeFileSync(file, text);
      assert.equal(done.code, 40, done.stdout + done.stderr);
      assert.match(done.stderr, /is of SHA-256/);
    }
  });

  it("is deployed under its passport, and both sides of the gate agree", async () => {
    const done = await up();
    assert.equal(done.code, 0, done.stdout + done.stderr);
    assert.match(done.stdout, /^GO {2}greenlight staging[^]*deployed staging: \d+ created/m);
    assert.equal(await namespaces(), 3);
    const [line] = fs.readFileSync(path.join(checkout, "ledger", "staging.releases.jsonl"), "utf8").split("\n");
    const id = documentId(JSON.parse(fs.readFileSync(passport, "utf8")) as Envelope);
    assert.equal((JSON.parse(line!) as { passport: string }).passport, id);
    assert.ok(fs.existsSync(path.join(checkout, "ledger", "passports", `${id}.json`)));
  });

  it("is asked for what only a running system gives, from then on", async () => {
    for (const name of ["k6.json", "k6.json.intoto.json"]) fs.rmSync(path.join(evidence, name));
    const done = await greenlight(["preview", "--stack", "staging", "--json"]);
    assert.equal(done.code, 30, done.stdout + done.stderr);
    const again = await greenlight(["report", "--stack", "staging", "--evidence", evidence, "--preview"]);
    assert.match(again.stdout, /no load test is there/);
    assert.doesNotMatch(again.stdout, /no stress test is there/);
  });

  const stackFile = () => path.join(checkout, "stacks", "Pulumi.staging.yaml");
  const override = (key: number, more: string[]) => greenlight(["override", "--key", at(`${key}.pem`), ...more]);
  const broken = at("override.json");
  const draft = (resources: string[]) => [
    ...["--stack", "staging", "--incident", "INC-42", "--out", broken],
    ...["--reason", "one pod is enough until the quota is raised", "--resource", ...resources],
  ];
  const glass = { GREENLIGHT_PASSPORT: undefined, GREENLIGHT_OVERRIDE: broken };
  const named = ["HorizontalPodAutoscaler inulearning/analysis", "Deployment inulearning/analysis"];
  const leastOfAnalysis = async () =>
    capture("kubectl", ["-n", "inulearning", "get", "hpa", "analysis", "-o", "jsonpath={.spec.minReplicas}"], { env });

  it("is changed by an override in what that names, and in nothing else", async () => {
    const text = fs.readFileSync(stackFile(), "utf8");
    fs.writeFileSync(stackFile(), text.replace(/(- name: analysis[^]*?minReplicas:) 3/, "$1 1"));
    await gitIn(checkout, "commit", "--quiet", "-am", "one pod of analysis");
    const refused = await up();
    assert.equal(refused.code, 40, refused.stdout + refused.stderr);
    assert.equal((await override(0, draft(["Deployment inulearning/api"]))).code, 0);
    const alone = await up(glass);
    assert.equal(alone.code, 30, alone.stdout + alone.stderr);
    assert.match(alone.stderr, /1 of 2 people signed who may sign releases/);
    assert.equal((await override(1, ["--document", broken])).code, 0);
    const stopped = await up(glass);
    assert.match(stopped.stdout, /not deployed: the gate stopped its preview/, stopped.stdout + stopped.stderr);
    // What is found is let through; what is changed is not named.
    for (const key of [0, 1])
      assert.equal((await override(key, key === 0 ? draft([named[1]!]) : ["--document", broken])).code, 0);
    const other = await up(glass);
    assert.match(
      other.stdout,
      /would change what the override does not name: HorizontalPodAutoscaler inulearning\/analysis$/m,
    );
    assert.equal(await leastOfAnalysis(), "3");
  });

  it("is changed by an override that names it: the verdict stays what it is, and everything says so", async () => {
    const drafted = await override(0, draft(named));
    assert.equal(drafted.code, 0, drafted.stderr);
    const both = await override(1, ["--document", broken, "--json"]);
    assert.deepEqual((JSON.parse(both.stdout) as { lacking: string[] }).lacking, []);
    const done = await up(glass);
    assert.match(done.stdout, /^NO-GO {2}greenlight staging {2}tier staging {2}OVERRIDDEN/m, done.stdout + done.stderr);
    assert.equal(done.code, 20);
    assert.match(done.stdout, /deployed staging: .*updated/);
    assert.match(done.stdout, /OVERRIDDEN for INC-42 until .* by 0@example.com and 1@example.com/);
    assert.equal(await leastOfAnalysis(), "1");
    const ledger = fs
      .readFileSync(path.join(checkout, "ledger", "staging.jsonl"), "utf8")
      .trim()
      .split("\n");
    assert.match(ledger.at(-1)!, /"overridden":\{"document":"[0-9a-f]{64}","incident":"INC-42"\}/);
  });

  it("waits for the review of an override before anything else is a GO", async () => {
    const owing = await greenlight(["preview", "--stack", "staging", "--json"]);
    const item = (text: string) => (JSON.parse(text) as Verdict).items.find(one => one.id === "E.3.1")!;
    assert.equal(owing.code, 20);
    assert.match(item(owing.stdout).reason, /deployed on .* by an override/);
    fs.writeFileSync(
      path.join(evidence, "review.json"),
      JSON.stringify({
        ...{ schema: "greenlight.attestation/1", item: "E.3.1", statement: "override INC-42 was reviewed" },
        ...{ stack: "staging", by: "0@example.com", at: new Date().toISOString() },
      }),
    );
    const again = await greenlight(["report", "--stack", "staging", "--evidence", evidence, "--preview", "--json"]);
    assert.equal(item(again.stdout).state, "met", again.stdout.slice(0, 400));
  });

  it("goes back to the release before by its passport, whatever today's evidence says", async () => {
    const nowhere = await greenlight(["up", "--stack", "staging", "--rollback", "--evidence", evidence]);
    assert.equal(nowhere.code, 64);
    assert.match(nowhere.stderr, /never deployed; need the commit of an earlier release/);
    const [line] = fs.readFileSync(path.join(checkout, "ledger", "staging.releases.jsonl"), "utf8").split("\n");
    await gitIn(checkout, "checkout", "--quiet", (JSON.parse(line!) as { commit: string }).commit);
    // What else the environment names does not count.
    const other = { GREENLIGHT_PASSPORT: at("none.json"), GREENLIGHT_OVERRIDE: broken };
    const done = await greenlight(["up", "--stack", "staging", "--rollback", "--evidence", evidence], other);
    assert.match(done.stdout, /ROLLBACK to the release of /, done.stdout + done.stderr);
    assert.match(done.stdout, /^INCONCLUSIVE {2}greenlight staging/m);
    assert.equal(await leastOfAnalysis(), "3");
  });
});
