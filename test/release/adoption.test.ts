import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { KeyObject } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { run } from "../../local/process";
import { root } from "../../local/state";
import { ensurePart, partNamed } from "../../local/toolchain/ensure";
import type { Baseline } from "../../cli/adoption/baseline";
import { roles } from "../../policies/passport";
import { committedCheckout, gitIn } from "../support/committed-checkout";
import { testKey } from "../support/evidence";
import { greenlight, temporary } from "../support/local-stack";

const web = (replicas: number, name = "web") => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - { name: ${name}, image: "registry.example.com/shop/${name}:1.0.0" }
`;

/** Programs and folders of somebody else, none of which knows Greenlight. */
const foreign: Record<string, { files: Record<string, string>; found: RegExp }> = {
  "a TypeScript program without a Pulumi.yaml": {
    found: /^found: a Pulumi program$/m,
    files: {
      "package.json": JSON.stringify({
        name: "@shop/infra",
        main: "index.ts",
        dependencies: { "@pulumi/pulumi": "^3.0.0" },
      }),
      "tsconfig.json": JSON.stringify({ compilerOptions: { module: "commonjs", target: "es2022", strict: true } }),
      "index.ts": `import * as k8s from "@pulumi/kubernetes";\nnew k8s.apps.v1.Deployment("web", { metadata: { name: "web", namespace: "shop" }, spec: { replicas: 1, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx" }] } } } });\n`,
      ".gitignore": "node_modules\n",
    },
  },
  "a folder that Helm rendered": {
    found: /^found: 2 files that Helm rendered$/m,
    files: {
      "rendered/shop/templates/web.yaml": `---\n# Source: shop/templates/web.yaml\n${web(1)}`,
      "rendered/shop/templates/api.yaml": `---\n# Source: shop/templates/api.yaml\n${web(3, "api")}`,
      "README.md": "# A shop\n",
    },
  },
  "a kustomization with overlays": {
    found: /^found: kustomizations at overlays\/production, overlays\/staging$/m,
    files: {
      "base/kustomization.yaml": "resources: [web.yaml]\n",
      "base/web.yaml": web(1),
      "overlays/staging/kustomization.yaml": "resources: [../../base]\nnamePrefix: staging-\n",
      "overlays/production/kustomization.yaml": "resources: [../../base]\nreplicas: [{ name: web, count: 7 }]\n",
    },
  },
};

describe("taking up a project of somebody else", function () {
  // Kustomizations are rendered by kubectl, which a cold machine has to make first.
  this.timeout(30 * 60_000);
  let dir: string;
  const git = (...args: string[]): string =>
    spawnSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", ...args], { cwd: dir, encoding: "utf8" })
      .stdout;
  const write = (files: Record<string, string>): void => {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), text);
    }
  };
  const make = (files: Record<string, string>): void => {
    write(files);
    if (files["package.json"]) {
      fs.mkdirSync(path.join(dir, "node_modules"));
      for (const name of ["@pulumi", "typescript", "@types"])
        fs.symlinkSync(path.join(root, "node_modules", name), path.join(dir, "node_modules", name));
    }
    git("init", "-q", "-b", "main");
    git("add", "-A");
    git("commit", "-qm", "theirs");
  };
  before(() => ensurePart(partNamed("kubernetes"), () => undefined));
  beforeEach(() => (dir = temporary()));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

  for (const [what, { files, found }] of Object.entries(foreign))
    it(`ends in a verdict and leaves what it announced: ${what}`, async () => {
      make(files);
      const dry = await greenlight(["init", dir, "--dry-run"]);
      assert.equal(git("status", "--porcelain"), "", "a dry run writes nothing");
      assert.match(dry.stdout, /^would write: greenlight\.yaml$/m);
      const { code, stdout, stderr } = await greenlight(["init", dir, "--ci", "github"]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^NO-GO {2}/m);
      assert.match(stdout, found);
      const announced = [...stdout.matchAll(/^wrote: (.+)$/gm)].map(([, name]) => name!).sort();
      const added = git("status", "--porcelain", "--untracked-files=all").split("\n").filter(Boolean);
      assert.deepEqual(added.map(line => line.slice(3)).sort(), announced);
      assert.ok(added.every(line => line.startsWith("?? ")));
      assert.deepEqual(announced, [
        ".github/workflows/greenlight.yml",
        "ci/greenlight.sh",
        "greenlight.lock.json",
        "greenlight.yaml",
      ]);
      const workflow = parse(fs.readFileSync(path.join(dir, ".github/workflows/greenlight.yml"), "utf8")) as {
        permissions: object;
        jobs: Record<string, { permissions?: Record<string, string> }>;
      };
      assert.deepEqual(workflow.permissions, { contents: "read" });
      assert.deepEqual(Object.keys(workflow.jobs), ["gate", "audit"]);
      assert.equal((await greenlight(["upgrade", dir])).code, 0);
      const mine = "tier: staging\n";
      write({ "greenlight.yaml": mine });
      const again = await greenlight(["init", dir, "--ci", "github"]);
      assert.match(again.stdout, /^left as it is: greenlight\.yaml$/m);
      assert.doesNotMatch(again.stdout, /^wrote: /m);
      assert.equal(fs.readFileSync(path.join(dir, "greenlight.yaml"), "utf8"), mine);
    });

  it("says what to do with a chart that is not rendered, and with nothing", async () => {
    make({ "chart/Chart.yaml": "name: shop\n", "chart/templates/web.yaml": "apiVersion: {{ x }}\nkind: y\n" });
    const chart = await greenlight(["init", dir]);
    assert.equal(chart.code, 64);
    assert.match(chart.stderr, /helm template chart --output-dir rendered/);
    fs.rmSync(path.join(dir, "chart"), { recursive: true });
    assert.match((await greenlight(["init", dir])).stderr, /need a Pulumi program, manifests, or a kustomization/);
    assert.equal((await greenlight(["init", dir, "--ci", "jenkins"])).code, 64);
  });

  it("judges a kustomization as its overlays render it", async () => {
    make(foreign["a kustomization with overlays"]!.files);
    const { stdout } = await greenlight(["init", dir, "--ci", "none", "--json"]);
    const { verdict, written } = JSON.parse(stdout) as {
      verdict: { findings: { resource: string }[] };
      written: string[];
    };
    const names = new Set(verdict.findings.map(one => one.resource));
    assert.ok(
      [...names].some(name => name.includes("staging-web")),
      [...names].join(),
    );
    assert.deepEqual(written, ["greenlight.yaml", "greenlight.lock.json"]);
  });

  it("shows what a new catalogue would newly fail, and why", async () => {
    make(foreign["a folder that Helm rendered"]!.files);
    await greenlight(["init", dir, "--ci", "none"]);
    const file = path.join(dir, "greenlight.lock.json");
    const lock = JSON.parse(fs.readFileSync(file, "utf8")) as Baseline;
    const [first] = lock.findings;
    const rule = first!.split(" ")[0]!;
    const other = lock.findings.find(one => !one.startsWith(rule))!;
    // As if the catalogue had not had the one rule, and had asked less by the other.
    const { [rule]: _, ...rest } = lock.rules;
    const changed = other.split(" ")[0]!;
    const older = {
      ...{ ...lock, catalogue: "0".repeat(64), rules: { ...rest, [changed]: "1".repeat(64) } },
      findings: lock.findings.filter(one => !one.startsWith(rule) && !one.startsWith(changed)),
    };
    fs.writeFileSync(file, JSON.stringify(older));
    const before = fs.readFileSync(file, "utf8");
    const told = await greenlight(["upgrade", dir]);
    assert.equal(told.code, 20);
    assert.match(told.stdout, /^\d+ newly fail {2}catalogue 000000000000 → /m);
    assert.match(told.stdout, new RegExp(`^new rules: ${rule}$`, "m"));
    assert.match(told.stdout, new RegExp(`^changed rules: ${changed}$`, "m"));
    assert.match(told.stdout, /^a new rule /m);
    assert.match(told.stdout, /^a changed rule /m);
    assert.equal(fs.readFileSync(file, "utf8"), before, "nothing is accepted by looking");
    assert.equal((await greenlight(["upgrade", dir, "--accept"])).code, 0);
    assert.deepEqual(JSON.parse(fs.readFileSync(file, "utf8")), lock);
    write({ "rendered/more.yaml": web(1, "more") });
    assert.match((await greenlight(["upgrade", dir])).stdout, /^the project changed /m);
  });

  it("runs in CI as a workflow says: the gate fails, and its comment says what flipped", async () => {
    make(foreign["a folder that Helm rendered"]!.files);
    await greenlight(["init", dir, "--ci", "shell"]);
    git("add", "-A");
    git("commit", "-qm", "greenlight");
    const remote = temporary();
    git("clone", "-q", "--bare", dir, remote);
    git("remote", "add", "origin", remote);
    git("fetch", "-q", "origin");
    write({ "rendered/shop/templates/api.yaml": `# Source: shop/templates/api.yaml\n${web(1, "api")}` });
    const env = {
      ...process.env,
      GREENLIGHT: `node ${path.join(root, "bin", "cli", "greenlight.js")}`,
      CI: "true",
      NO_COLOR: "1",
    };
    const gate = await run("sh", ["ci/greenlight.sh", "gate"], { cwd: dir, env });
    assert.equal(gate.code, 20, gate.stderr);
    const comment = fs.readFileSync(path.join(dir, ".greenlight", "ci", "comment.md"), "utf8");
    assert.match(comment, /NO-GO/);
    assert.match(comment, /## Since main\n\n( {4}.*\n)+/);
    assert.match(comment, /# Scan: /);
    assert.equal(git("worktree", "list").trim().split("\n").length, 1, "the branch's worktree is gone");
    const status = git("status", "--porcelain");
    assert.equal(status.trim(), "M rendered/shop/templates/api.yaml", "reports are nobody's commit");
    assert.equal((await run("sh", ["ci/greenlight.sh", "nonsense"], { cwd: dir, env })).code, 64);
    fs.rmSync(remote, { recursive: true });
  });

  it("makes a passport in one job and verifies it in the next, by this project's own workflow", async () => {
    const checkout = path.join(dir, "checkout");
    await committedCheckout(checkout);
    fs.mkdirSync(path.join(checkout, "ci"));
    fs.copyFileSync(path.join(root, "examples", "ci", "greenlight.sh"), path.join(checkout, "ci", "greenlight.sh"));
    await gitIn(checkout, "add", "-A");
    await gitIn(checkout, "commit", "--quiet", "-m", "ci");
    const keys = roles.map(role => ({ role, ...testKey(`${role.split(" ")[0]!.toLowerCase()}@example.com`) }));
    const trust = path.join(dir, "trust.json");
    fs.writeFileSync(trust, JSON.stringify({ keys: keys.map(({ role, trusted }) => ({ ...trusted, role })) }));
    const pem = (key: KeyObject) => String(key.export({ type: "pkcs8", format: "pem" }));
    const job = (step: string, env: NodeJS.ProcessEnv = {}) =>
      run("sh", ["ci/greenlight.sh", step], {
        cwd: checkout,
        env: {
          ...{ ...process.env, GREENLIGHT: "node bin/cli/greenlight.js", STACK: "local", OUT: path.join(dir, "out") },
          ...{ GREENLIGHT_TRUST: trust, CI: "true", ...env },
        },
      });
    const signed = await job("passport", { GREENLIGHT_KEY: pem(keys[0]!.privateKey) });
    assert.equal(signed.code, 0, signed.stdout + signed.stderr);
    const verified = await job("verify");
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    fs.appendFileSync(path.join(checkout, "README.md"), "changed\n");
    assert.equal((await job("verify")).code, 40);
  });
});
