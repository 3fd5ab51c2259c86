import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument, parse } from "yaml";
import type { YAMLSeq } from "yaml";
import { run } from "../../local/process";
import { root } from "../../local/state";
import type { Finding } from "../../model/finding";
import { copyOfCheckout, greenlight } from "../support/local-stack";

/** The guides, walked as they are written, as far as no cloud account is needed. */
describe("the guides", function () {
  this.timeout(120_000);
  let copy: string;
  before(() => (copy = copyOfCheckout()));
  after(() => fs.rmSync(path.dirname(copy), { recursive: true, force: true }));

  const guide = (name: string) => fs.readFileSync(path.join(root, "docs", "guides", `${name}.md`), "utf8");

  /** Commands of a guide, as they stand between backquotes. */
  const commands = (text: string) => [...text.matchAll(/`npx greenlight ([^`]+)`/gs)].map(([, args]) => args!);

  const notMet = async (stack: string): Promise<string[]> => {
    const checked = await greenlight(["check", "--stack", stack, "--json"], {}, copy);
    const { findings } = JSON.parse(checked.stdout) as { findings: Finding[] };
    return findings.filter(one => one.state === "not met").map(one => one.message);
  };

  it("lead to a first environment whose platform and base break no rule", async () => {
    const text = guide("first-production-environment");
    const [made, checked] = commands(text);
    assert.match(made!, /^new stack europe /);
    const written = await greenlight(made!.split(" "), {}, copy);
    assert.equal(written.code, 0, written.stderr);
    assert.equal(checked, "check --stack europe");
    for (const stack of ["europe", "europe-base"]) assert.deepEqual(await notMet(stack), []);
    // What the guide calls the base's output, and the secrets it names, are what the program makes.
    const base = await greenlight(["check", "--stack", "europe-base"], {}, copy);
    assert.notEqual(base.code, 65, base.stderr);
    const config = fs.readFileSync(path.join(copy, "stacks", "Pulumi.europe-base.yaml"), "utf8");
    const named = /for ((?:`[a-z-]+`,? ?(?:and )?)+)/
      .exec(text)![1]!
      .match(/[a-z-]{3,}/g)!
      .filter(one => one !== "and");
    for (const secret of named) assert.ok(config.includes(secret), `the base makes no secret ${secret}`);
  });

  it("add a service by an entry of the stack, and it gets what they say", async () => {
    const text = guide("add-a-service");
    const block = text
      .match(/^ {4}greenlight:services:\n(?: {4}.*\n)+/m)![0]
      .replace("<64 hex digits>", "c".repeat(64));
    const [service] = (parse(block) as { "greenlight:services": object[] })["greenlight:services"];
    const file = path.join(copy, "stacks", "Pulumi.local.yaml");
    const document = parseDocument(fs.readFileSync(file, "utf8"));
    const services = document.getIn(["config", "greenlight:services"]) as YAMLSeq;
    services.add(document.createNode(service));
    // Who is called lets its callers in; the guide's own words.
    const callers = (services.items as unknown as { get(key: string): unknown }[]).find(
      one => one.get("name") === "learning",
    );
    (callers as unknown as { setIn(path: string[], value: unknown): void }).setIn(["callers"], ["api", "courses"]);
    fs.writeFileSync(file, document.toString());
    const checked = await greenlight(["check", "--stack", "local"], {}, copy);
    assert.equal(checked.code, 0, checked.stdout + checked.stderr);
    const kinds = await registered(copy, "courses");
    for (const kind of [
      ...["Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Certificate", "NetworkPolicy"],
      ...["ServiceMonitor", "PrometheusRule", "HTTPRoute", "BackendTrafficPolicy"],
    ])
      assert.ok(kinds.has(kind), `no ${kind} for courses, only ${[...kinds].join(", ")}`);
  });

  it("name only commands that exist", async () => {
    const { stdout } = await greenlight(["--help"], {}, copy);
    const known = new Set([...stdout.matchAll(/^ {2}(\w[\w-]*)/gm)].map(([, name]) => name));
    const files = ["README.md", "CONTRIBUTING.md", ...markdown("docs")];
    for (const file of files)
      for (const args of commands(fs.readFileSync(path.join(root, file), "utf8")))
        assert.ok(known.has(args.split(/\s/)[0]!), `${file}: greenlight ${args}`);
  });
});

/** Kinds of the resources that speak of the service. */
async function registered(copy: string, service: string): Promise<Set<string>> {
  const script = `
    const { registeredBy } = require("./bin/cli/in-process/check.js");
    const { readProject } = require("./bin/cli/project.js");
    const { readStackFile } = require("./bin/stacks/files.js");
    const project = readProject(process.cwd());
    registeredBy(project, "local", readStackFile(project.stackDir, "local").config).then(all =>
      process.stdout.write(JSON.stringify(all.map(({ type, outputs }) => [type, JSON.stringify(outputs)])), () => process.exit(0)));`;
  const { stdout, stderr } = await run(process.execPath, ["-e", script], { cwd: copy });
  assert.notEqual(stdout, "", stderr);
  const all = JSON.parse(stdout) as [type: string, text: string][];
  const own = all.filter(([type, text]) => type.startsWith("kubernetes:") && text.includes(service));
  return new Set(own.map(([type]) => type.split(":").pop()!));
}

const markdown = (dir: string): string[] =>
  fs
    .readdirSync(path.join(root, dir), { recursive: true, encoding: "utf8" })
    .filter(file => file.endsWith(".md"))
    .map(file => path.join(dir, file));
