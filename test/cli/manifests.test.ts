import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import { verdictSchema } from "../../model/verdict";
import { greenlight, temporary } from "../support/local-stack";

const bad = `# A pod nobody should run.
apiVersion: v1
kind: Pod
metadata:
  name: bad
  namespace: shop
spec:
  containers:
    - name: x
      image: nginx
      securityContext:
        privileged: yes
`;

describe("greenlight check of manifests", function () {
  this.timeout(120_000);
  let dir: string;
  before(() => (dir = temporary()));
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  const write = (name: string, content: string | Buffer): string => {
    const file = path.join(dir, name);
    fs.writeFileSync(file, content);
    return file;
  };

  it("gives 20 and says file and line when something is violated, as data too", async () => {
    const file = write("bad.yaml", bad);
    const told = await greenlight(["check", file, "--only", "pss-baseline"]);
    assert.equal(told.code, 20);
    assert.match(
      told.stdout,
      /bad\.yaml:12: Pod shop\/bad: spec\.containers\[0\]\.securityContext\.privileged is true/,
    );
    const data = await greenlight(["check", "--only", "GL-POD-07", "not-privileged", "--json", file]);
    assert.equal(data.code, 20);
    const verdict = verdictSchema.parse(JSON.parse(data.stdout));
    assert.deepEqual(
      verdict.findings.map(({ rule, file: where, line }) => [rule, where, line]),
      [["GL-POD-07", file, 12]],
    );
    assert.deepEqual(
      verdict.rules.map(rule => rule.id),
      ["GL-POD-07"],
    );
  });

  it("gives 0 when nothing is violated: manifests written by hand, without a label of ours", async () => {
    const good = await greenlight(["check", path.join(root, "examples", "good")]);
    assert.equal(good.code, 0, good.stdout);
    assert.match(good.stdout, /Nothing is violated\./);
  });

  it("takes waivers for an agent that must do what is forbidden, and no longer than they last", async () => {
    const agent = (name: string) => path.join(root, "examples", "agent", name);
    const args = ["check", agent("agent.yaml"), path.join(root, "examples", "good"), "--tier", "staging"];
    assert.equal((await greenlight(args)).code, 20);
    const waived = [...args, "--waivers", agent("waivers.yaml")];
    const good = await greenlight(waived, { GREENLIGHT_TODAY: "2026-11-25" });
    assert.equal(good.code, 0, good.stdout);
    assert.match(good.stdout, /Nothing is violated; 2 findings are waived\./);
    const late = await greenlight(waived, { GREENLIGHT_TODAY: "2026-12-04" });
    assert.equal(late.code, 20);
    assert.match(late.stdout, /\[GL-POD-09\](.|\n)*\[GL-GATE-02\]/);
  });

  it("reads standard input, JSON and lists, and several places at once", async () => {
    const list = {
      apiVersion: "v1",
      kind: "List",
      items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec: { hostPID: true, containers: [] } }],
    };
    const piped = await withInput(["check", "-", "--only", "GL-POD-06", "--json"], JSON.stringify(list));
    assert.equal(piped.code, 20);
    assert.equal((JSON.parse(piped.stdout) as { findings: { file: string }[] }).findings[0]!.file, "-");
    const two = await greenlight([
      "check",
      write("list.json", JSON.stringify(list, null, 1)),
      write("b.yaml", bad),
      "--only",
      "pss-baseline",
      "--json",
    ]);
    const { findings } = JSON.parse(two.stdout) as { findings: { rule: string; line: number }[] };
    assert.deepEqual(findings.map(({ rule, line }) => [rule, line]).sort(), [
      ["GL-POD-06", 12],
      ["GL-POD-07", 12],
    ]);
  });

  it("judges an exported state by the same rules, and takes nothing encrypted for known", async () => {
    const resource = {
      urn: "urn:pulumi:dev::shop::kubernetes:core/v1:Pod::bad",
      type: "kubernetes:core/v1:Pod",
      inputs: {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "bad", namespace: "shop" },
        spec: {
          hostPID: true,
          hostNetwork: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" },
        },
      },
      outputs: {},
    };
    const file = write("state.json", JSON.stringify({ version: 3, deployment: { resources: [resource] } }));
    const judged = await greenlight(["check", "--state", file, "--only", "GL-POD-06", "--json"]);
    assert.equal(judged.code, 30, judged.stderr);
    const verdict = verdictSchema.parse(JSON.parse(judged.stdout));
    assert.deepEqual([verdict.stack, verdict.project, verdict.basis.source], ["dev", "shop", "state"]);
    assert.match(verdict.findings[0]!.message, /hostNetwork is not known at preview/);
    const open = write(
      "open.json",
      JSON.stringify({
        deployment: { resources: [{ ...resource, inputs: { ...resource.inputs, spec: { hostPID: true } } }] },
      }),
    );
    assert.equal((await greenlight(["check", "--state", open, "--only", "GL-POD-06"])).code, 20);
    assert.equal((await greenlight(["check", "--state", write("no.json", "[]")])).code, 65);
  });

  const many = (depth: number) =>
    Array.from({ length: 9 }, (_, i) => `k${i + 1}: &k${i + 1} [${Array(10).fill(`*k${i}`).join(", ")}]`).slice(
      0,
      depth,
    );
  for (const [name, content, says] of [
    ["broken", "a: [\n", /line 2 is unreadable/],
    ["not-text", Buffer.from([0xff, 0xfe, 0x00]), /no UTF-8 text/],
    ["nul", 'apiVersion: v1\nkind: Pod\nmetadata: {name: "a\0b"}\n', /NUL character/],
    ["a-million-lines", "- apiVersion: v1\n".repeat(1_000_000), /bytes long; need at most|more than \d+ values/],
    [
      "one-large-object",
      `apiVersion: v1\nkind: ConfigMap\ndata: {a: "${"x".repeat(50_000_000)}"}\n`,
      /bytes long; need at most/,
    ],
    [
      "a-billion-laughs",
      ["k0: &k0 [x, x, x, x, x, x, x, x, x, x]", ...many(9)].join("\n"),
      /more than \d+ values|unreadable/,
    ],
    [
      "a-value-that-holds-itself",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a, self: *m}\n",
      /nested deeper/,
    ],
    ["too-deep", `apiVersion: v1\nkind: Pod\nspec: ${"[".repeat(5_000)}${"]".repeat(5_000)}\n`, /unreadable/],
    [
      "too-deep-json",
      `{"apiVersion":"v1","kind":"Pod","spec":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
      /nested deeper|unreadable/,
    ],
    ["nothing", "hello: world\n", /without a Kubernetes object/],
  ] as const)
    it(`refuses ${name} with 65 and a clear error`, async () => {
      const done = await greenlight(["check", write(`${name}.yaml`, content)]);
      assert.equal(done.code, 65, done.stdout + done.stderr);
      assert.match(done.stderr, says);
      assert.ok(!/\n\s+at /.test(done.stderr), "a stack trace");
    });

  it("follows no link in circles", async () => {
    fs.symlinkSync("circle", path.join(dir, "circle"));
    assert.equal((await greenlight(["check", path.join(dir, "circle")])).code, 65);
    const folder = path.join(dir, "folder");
    fs.mkdirSync(folder);
    fs.symlinkSync("..", path.join(folder, "up"));
    fs.writeFileSync(path.join(folder, "bad.yaml"), bad);
    const done = await greenlight(["check", folder, "--json", "--only", "GL-POD-07"]);
    assert.equal((JSON.parse(done.stdout) as { findings: object[] }).findings.length, 1);
  });

  it("says what it does not know", async () => {
    const unknown = await greenlight(["check", write("bad.yaml", bad), "--only", "pss-everything"]);
    assert.equal(unknown.code, 64);
    assert.match(unknown.stderr, /--only pss-everything is no rule and no group; need .* pss-baseline/);
    assert.equal((await greenlight(["check", path.join(dir, "absent.yaml")])).code, 64);
  });
});

/** The command with something on its standard input. */
function withInput(args: string[], input: string): Promise<{ code: number | null; stdout: string }> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [path.join(root, "cli", "launch.js"), ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.on("close", code => resolve({ code, stdout }));
    child.stdin.end(input);
  });
}
