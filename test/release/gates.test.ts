import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { evidenceSchema } from "../../model/evidence";
import type { Plan } from "../../release/plan";
import { greenlight, temporary } from "../support/local-stack";
import type { ReferenceRepository } from "../support/reference-repository";
import { referenceRepository } from "../support/reference-repository";

const version = "v2.0.0";

describe("gates of the reference service", function () {
  this.timeout(180_000);
  let repository: ReferenceRepository;
  beforeEach(() => (repository = referenceRepository()));
  afterEach(() => repository.remove());

  const gate = (...args: string[]) => greenlight(["release", "gate", ...args, "--repository", repository.dir]);
  const planned = async (): Promise<{ code: number; plan: Plan }> => {
    const { code, stdout, stderr } = await greenlight([
      "release",
      "plan",
      version,
      "--json",
      "--repository",
      repository.dir,
    ]);
    assert.ok(stdout, stderr);
    return { code, plan: JSON.parse(stdout) as Plan };
  };
  const notMet = ({ checks }: Plan) => checks.filter(one => one.state !== "met").map(one => `${one.id}: ${one.found}`);

  it("let a clean copy pass, leave reports and evidence, and its plan is GO", async () => {
    const out = temporary();
    const { code, stdout } = await gate(
      "--report",
      out,
      "--evidence",
      path.join(out, "evidence"),
      "--stack",
      "production",
    );
    assert.match(stdout, /^GO {2}gates {2}scan GO, builds GO, api GO$/m);
    assert.equal(code, 0);
    assert.match(stdout, /builds: 2 of 2 builds\napi: 4 of 4 tests, 35 of 35 assertions/);
    const builds = JSON.parse(fs.readFileSync(path.join(out, "gate-builds.json"), "utf8")) as {
      builds: { name: string; reproducible?: boolean }[];
      census: Record<string, { files: number }>;
    };
    assert.deepEqual(
      builds.builds.map(one => [one.name, one.reproducible]),
      [
        ["dailyDevFast", undefined],
        ["assemble", true],
      ],
    );
    assert.deepEqual([builds.census[".js"]?.files, builds.census[".cjs"]?.files], [5, 1]);
    for (const name of ["scan", "builds", "api"])
      evidenceSchema.parse(JSON.parse(fs.readFileSync(path.join(out, "evidence", `gate-${name}.json`), "utf8")));
    fs.rmSync(out, { recursive: true });
    // What was built is kept as the version before.
    repository.target("up", "v1.9.0");
    repository.release(version);
    const { code: planCode, plan } = await planned();
    assert.deepEqual(notMet(plan), []);
    assert.equal(planCode, 0);
    assert.deepEqual(
      [plan.previous, plan.migrations.migrations.map(one => one.file)],
      ["v1.9.0", ["002-reactions.sql"]],
    );
    assert.deepEqual(plan.limits.conflicts, [
      "error rate: 3 % (the drill of v1.9) counts, not 5 % (document 3, automatic triggers)",
      "P95: 500 ms (the service's objective) counts, not 5000 ms (document 3, automatic triggers)",
    ]);
  });

  const planted: [fault: string, gate: string, found: RegExp[]][] = [
    [
      "secret",
      "scan",
      [/src\/settings\.ts:30: holds a token; .*GL-SCAN-02/, /src\/main\.ts:\d+: gives out JWT_SECRET \(printed\)/],
    ],
    [
      "firebase",
      "scan",
      [/src\/server\.ts:1: uses firebase-admin \(import\), which is forbidden: sign-in moved to our own tokens/],
    ],
    [
      "build",
      "builds",
      [
        /greenlight\.yaml: builds\.assemble \(node build\.js assemble\): it ended with code 1/,
        /src\/server\.ts:5:\d+|Could not resolve "\.\/tracing"/,
      ],
    ],
    [
      "api",
      "api",
      [
        /test\/api\.postman_collection\.json: Rate Limiting: Rate Limiting: call 11, 1: expected response to have status code 429 but got 200/,
      ],
    ],
  ];
  for (const [fault, name, found] of planted)
    it(`find the planted fault "${fault}", by file and line`, async () => {
      repository.plant(fault);
      // The API is asked of what is built.
      const { code, stdout } = await gate(...(name === "api" ? ["builds", "api"] : [name]));
      assert.equal(code, 20, stdout);
      for (const pattern of found) assert.match(stdout, pattern);
      if (fault === "build") assert.match(stdout, /builds: 1 of 2 builds/);
    });

  it("find a build that leaves nothing, that differs from run to run, and put back what was there", async () => {
    const settings = (command: string, more = "") =>
      fs.writeFileSync(
        path.join(repository.dir, "greenlight.yaml"),
        `builds:\n  - name: one\n    command: ${command}\n    artefacts: [out.txt]\n${more}`,
      );
    const file = path.join(repository.dir, "out.txt");
    fs.writeFileSync(file, "earlier");
    settings("'true'");
    const none = await gate("builds");
    assert.match(none.stdout, /builds\.one \(true\): it left nothing at out\.txt/);
    assert.equal(fs.readFileSync(file, "utf8"), "earlier");
    settings("date +%N > out.txt", "    reproducible: true\n");
    const differs = await gate("builds");
    assert.equal(differs.code, 20);
    assert.match(differs.stdout, /built again, out\.txt is not the same/);
  });

  it("say that a service that does not start does not start", async () => {
    fs.rmSync(path.join(repository.dir, ".greenlight", "secret"));
    repository.git("add", "-A");
    const { code, stderr, stdout } = await gate("builds", "api");
    assert.equal(code, 65, stdout);
    assert.match(stderr, /gone: the service ended \(.*\); need a service that is ready\./);
  });

  describe("plan", () => {
    const refused = async (id: string, pattern: RegExp) => {
      const { code, plan } = await planned();
      assert.equal(code, 20);
      const { state, found } = plan.checks.find(one => one.id === id)!;
      assert.equal(state, "not met");
      assert.match(found, pattern);
      const started = await greenlight([
        "release",
        "start",
        version,
        "--force",
        "because",
        "--repository",
        repository.dir,
      ]);
      assert.equal(started.code, 20, "what is not met cannot be forced");
      assert.deepEqual(repository.course(), []);
    };

    it("refuses the planted migration, by file and line", async () => {
      repository.plant("migration");
      repository.release(version);
      await refused(
        "migrations",
        /^migrations\/003-authors\.sql:5 drops messages\.author, though it is declared an expand; need a contract of a later release$/,
      );
    });
    it("refuses a tag without a message", async () => {
      repository.release(version);
      repository.git("tag", "-f", version, "HEAD");
      await refused("tag", /the tag v2\.0\.0 has no message: it is not annotated/);
    });
    it("refuses a tag at another commit, one without its phases, and none at all", async () => {
      await refused("tag", /there is no tag v2\.0\.0/);
      repository.release(version, "K1 and nothing else");
      await refused("tag", /the message of the tag does not name K2, K3, K4, K5/);
      fs.writeFileSync(path.join(repository.dir, "later.md"), "later");
      repository.git("add", "-A");
      repository.git("commit", "-qm", "later");
      await refused("tag", /is not at [0-9a-f]{12}, which is checked out/);
    });
    it("refuses a change its author approved, one nobody approved, and one that came after", async () => {
      repository.release(version);
      const file = path.join(repository.dir, "approvals", `${version}.yaml`);
      const text = fs.readFileSync(file, "utf8");
      const again = (approval?: string) => {
        if (approval === undefined) fs.rmSync(file);
        else fs.writeFileSync(file, approval);
        repository.git("add", "-A");
        repository.git("commit", "-qm", "changed");
        repository.git("tag", "-fa", version, "-m", "K1 K2 K3 K4 K5");
      };
      again(text.replace("reviewer@", "writer@"));
      await refused("approval", /writer@example\.com wrote it and approved it/);
      again();
      await refused("approval", /approvals\/v2\.0\.0\.yaml is not there/);
      fs.writeFileSync(path.join(repository.dir, "late.md"), "late");
      again(text);
      await refused("approval", /which was approved, 1 files? changed \(late\.md\)/);
    });
    it("refuses when the budget is spent, when files are changed, and when nothing was released before", async () => {
      repository.release(version);
      const budget = path.join(repository.dir, ".greenlight", "error-budget.json");
      fs.writeFileSync(budget, JSON.stringify({ left: 0, at: new Date().toISOString() }));
      await refused("budget", /it is spent/);
      fs.writeFileSync(path.join(repository.dir, "beside.md"), "");
      await refused("merged", /files are changed beside the commit/);
      repository.git("push", "-q", "origin", ":refs/tags/v1.9.0");
      repository.git("tag", "-d", "v1.9.0");
      await refused("previous", /no version was tagged before/);
    });
  });
});
