import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { root } from "../../local/state";
import { copyOfCheckout, greenlight, ownFolders, temporary } from "../support/local-stack";

describe("greenlight on the command line", function () {
  this.timeout(60_000);
  let dir: string;
  before(() => (dir = temporary()));
  after(() => fs.rmSync(dir, { recursive: true, force: true }));
  const call = (args: string[]) => greenlight(args, ownFolders(dir));

  it("helps with every command", async () => {
    const { stdout, code } = await call(["--help"]);
    assert.equal(code, 0);
    for (const command of ["up", "preview", "check", "rules", "explain", "sabotage", "env", "doctor", "down"]) {
      assert.ok(stdout.includes(`  ${command}`), command);
      assert.match((await call([command, "--help"])).stdout, /--json/);
    }
  });

  const refused: [string, string[], number, RegExp][] = [
    ["an unknown command", ["deploy"], 64, /unknown command 'deploy'/],
    ["an unknown option", ["up", "--force"], 64, /unknown option '--force'/],
    ["a port that is none", ["up", "--port", "http"], 64, /need a port from 1 to 65535/],
    [
      "an unknown stack",
      ["check", "--stack", "prod"],
      64,
      /stack prod is unknown; need one of local, production, production-base, staging, staging-base\./,
    ],
    ["an unknown stack to bring up", ["up", "--stack", "prod"], 64, /stack prod is unknown/],
    [
      "a stack that needs a passport",
      ["up", "--stack", "production"],
      30,
      /stack production of tier production is not allowed \(GREENLIGHT_PASSPORT is not set/,
    ],
    [
      "to take down any stack but the local one",
      ["down", "--stack", "production"],
      64,
      /stack production is not the local one; need local/,
    ],
    ["a path that is not there", ["check", "nowhere"], 64, /nowhere is not there/],
    ["a folder without manifests", ["check", "docs/schemas"], 65, /docs\/schemas is without a Kubernetes object/],
    ["a project folder that is none", ["preview", "--cwd", "docs"], 64, /docs is without a Pulumi.yaml/],
    [
      "a shell before anything runs",
      ["env"],
      50,
      /local control plane is not running; need one that is. Run `npm run up` first/,
    ],
  ];
  for (const [name, args, code, says] of refused)
    it(`refuses ${name}`, async () => {
      const done = await call(args);
      assert.match(done.stderr, says);
      assert.equal(done.code, code, done.stderr);
      assert.equal(done.stdout, "");
    });

  it("refuses a port that is in use, before anything is started", async () => {
    const server = net.createServer();
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    const done = await call(["up", "--port", String(port)]);
    server.close();
    assert.match(done.stderr, new RegExp(`port ${port} is in use; need a free port`));
    assert.equal(done.code, 64);
  });

  it("takes down what is not there without complaint", async () => {
    const done = await call(["down", "--json"]);
    assert.deepEqual(JSON.parse(done.stdout), { stopped: false });
  });

  it("lists rules and items for machines", async () => {
    const { rules, items } = JSON.parse((await call(["rules", "--json"])).stdout) as {
      rules: { id: string }[];
      items: { id: string; rules: string[] }[];
    };
    assert.ok(rules.length >= 16 && items.length === 43);
    assert.ok(items.find(item => item.id === "A.3.1")!.rules.includes("GL-HA-02"));
  });

  it("judges the unready example: NO-GO by at least twelve rules, each finding whole", async () => {
    const done = await call(["check", "examples/unready", "--json"]);
    assert.equal(done.code, 20);
    const verdict = JSON.parse(done.stdout) as {
      verdict: string;
      rules: { state: string }[];
      findings: Record<string, string>[];
    };
    assert.equal(verdict.verdict, "NO-GO");
    assert.ok(verdict.rules.filter(rule => rule.state === "not met").length >= 12);
    for (const finding of verdict.findings)
      for (const key of ["rule", "state", "severity", "resource", "found", "needed", "fix", "message"])
        assert.ok(finding[key], `${key} of ${finding.message}`);
  });

  it("leaves nothing where real runs leave their challenges, and answers none of them", async () => {
    const done = await call(["check", "--stack", "local", "--json"]);
    assert.equal(done.code, 0, done.stderr);
    assert.equal(fs.existsSync(path.join(dir, "evidence")), false);
  });

  it("prints one finding a line and no value that could be secret", async () => {
    const done = await call(["check", "examples/unready"]);
    assert.match(done.stdout, /^NO-GO {2}unready/);
    assert.match(done.stdout.trim().split("\n").pop()!, /^next: /);
    assert.ok(!done.stdout.includes("hunter2"));
    assert.ok(!/\u001b\[/.test(done.stdout));
  });

  it("judges manifests, and refuses what it cannot read, all of it at once", async () => {
    const good = path.join(dir, "manifests");
    fs.mkdirSync(good, { recursive: true });
    fs.writeFileSync(
      path.join(good, "a.yaml"),
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {containers: [{name: a, image: x}]}\n---\n# nothing\n",
    );
    const done = await call(["check", good, "--json"]);
    assert.equal(done.code, 20);
    assert.equal((JSON.parse(done.stdout) as { basis: { resources: number } }).basis.resources, 1);
    fs.writeFileSync(path.join(good, "b.yaml"), "a: [1\n");
    fs.writeFileSync(
      path.join(good, "c.yaml"),
      `a: &a [x,x]\n${Array.from({ length: 12 }, (_, i) => `b${i}: &b${i} [*${i ? `b${i - 1}` : "a"},*${i ? `b${i - 1}` : "a"},*${i ? `b${i - 1}` : "a"},*${i ? `b${i - 1}` : "a"}]`).join("\n")}\n`,
    );
    const bad = await call(["check", good]);
    assert.equal(bad.code, 65);
    assert.match(bad.stderr, /b\.yaml, line 2 is unreadable/);
    assert.match(bad.stderr, /c\.yaml, document 1 is more than \d+ values/);
  });

  it("says which key of a stack's config is wrong, before anything runs", async () => {
    const copy = copyOfCheckout();
    try {
      const file = path.join(copy, "stacks", "Pulumi.local.yaml");
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("minReplicas: 3", "minReplica: three"));
      for (const command of ["check", "up"]) {
        const done = await greenlight([command], ownFolders(dir), copy);
        assert.match(
          done.stderr,
          /Pulumi\.local\.yaml: greenlight:services\[0\]\.minReplica is not a known key; need one of name, namespace/,
        );
        assert.equal(done.code, 65);
      }
      fs.writeFileSync(file, "config: [\n");
      assert.match(
        (await greenlight(["check"], ownFolders(dir), copy)).stderr,
        /Pulumi\.local\.yaml is not readable as YAML/,
      );
    } finally {
      fs.rmSync(path.dirname(copy), { recursive: true, force: true });
    }
  });

  it("looks for what is wrong and says the fix", async () => {
    const done = await call(["doctor", "--json"]);
    const { checks } = JSON.parse(done.stdout) as { checks: { what: string; ok: boolean; fix?: string }[] };
    assert.ok(checks.some(check => check.what === "policy pack" && check.ok));
    for (const check of checks.filter(one => !one.ok)) assert.ok(check.fix, check.what);
  });

  it("finds an edited pack", async () => {
    const copy = copyOfCheckout();
    try {
      fs.appendFileSync(path.join(copy, "policies", "bin", "index.js"), "\n// edited\n");
      const done = await greenlight(["doctor"], ownFolders(dir), copy);
      assert.match(done.stdout, /SICK policy pack: bundle/);
      assert.equal(done.code, 50);
    } finally {
      fs.rmSync(path.dirname(copy), { recursive: true, force: true });
    }
  });

  it("runs programs with a clear word when they fail", async () => {
    const bad = path.join(dir, "bad");
    fs.mkdirSync(bad);
    fs.writeFileSync(path.join(bad, "Pulumi.yaml"), "name: bad\nruntime: nodejs\nmain: index.js\n");
    fs.writeFileSync(path.join(bad, "index.js"), 'throw new Error("the database is gone");\n');
    const done = await call(["check", bad]);
    assert.equal(done.code, 50);
    assert.match(done.stderr, /is failing; need a program that runs. It said:\n[^]*the database is gone/);
  });

  it("knows the root it lies in", () => assert.ok(fs.existsSync(path.join(root, "Pulumi.yaml"))));
});
