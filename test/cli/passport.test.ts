import assert from "node:assert/strict";
import type { KeyObject } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../local/process";
import { root } from "../../local/state";
import { sha256 } from "../../model/canonical";
import type { Envelope } from "../../policies/passport";
import { openEnvelope, roles } from "../../policies/passport";
import { testKey } from "../support/evidence";
import { readStatement } from "../../readiness/evidence/statement";
import { committedCheckout, gitIn } from "../support/committed-checkout";
import { temporary } from "../support/local-stack";

const pem = (key: KeyObject) => String(key.export({ type: "pkcs8", format: "pem" }));

describe("a passport", function () {
  this.timeout(300_000);
  const dir = temporary();
  const checkout = path.join(dir, "checkout");
  const evidence = path.join(dir, "evidence");
  const passport = path.join(dir, "passport.json");
  const trust = path.join(dir, "trust.json");
  const keys = roles.map(role => ({ role, ...testKey(`${role.split(" ")[0]!.toLowerCase()}@example.com`) }));
  const keyFile = (index: number) => path.join(dir, `${index}.pem`);
  const greenlight = (...args: string[]) =>
    // Past the launcher, which would install and compile anew where a file is another.
    run("node", ["bin/cli/greenlight.js", ...args], {
      cwd: checkout,
      env: { ...process.env, GREENLIGHT_TRUST: trust },
    });
  const git = (...args: string[]) => gitIn(checkout, ...args);
  const verify = (...args: string[]) => greenlight("verify", passport, "--evidence", evidence, ...args);

  before(async () => {
    await committedCheckout(checkout);
    fs.mkdirSync(evidence);
    fs.writeFileSync(path.join(evidence, "sbom.json"), '{"bomFormat": "CycloneDX", "components": [{}]}');
    for (const [index, key] of keys.entries()) fs.writeFileSync(keyFile(index), pem(key.privateKey));
    fs.writeFileSync(trust, JSON.stringify({ keys: keys.map(({ role, trusted }) => ({ ...trusted, role })) }));
  });
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  it("is made for a verdict that allows a deployment, by a key, from a clean commit", async () => {
    const args = ["sign", "--stack", "local", "--evidence", evidence, "--out", passport, "--key", keyFile(0)];
    fs.writeFileSync(path.join(checkout, "stray.txt"), "x");
    const dirty = await greenlight(...args);
    assert.equal(dirty.code, 64, dirty.stdout);
    assert.match(
      dirty.stderr,
      /the checkout is changed in 1 places \(\?\? stray\.txt\); need a commit with nothing beside it/,
    );
    fs.rmSync(path.join(checkout, "stray.txt"));
    const done = await greenlight(...args);
    assert.equal(done.code, 0, done.stdout + done.stderr);
    assert.match(
      done.stdout,
      /^GO {2}local {2}signed: 1 signatures, \d+ files and planned resources covered, valid until .* \(a passport holds 7 days\)/,
    );
    const { subject, predicate } = openEnvelope(JSON.parse(fs.readFileSync(passport, "utf8")));
    assert.equal(predicate.verdict, "GO");
    assert.deepEqual(predicate.authors, ["t@example.com"]);
    for (const name of ["package-lock.json", "stacks/Pulumi.local.yaml", "policies/pack.lock", "evidence:sbom.json"])
      assert.ok(
        subject.some(one => one.name === name),
        name,
      );
  });

  it("is refused for any other verdict", async () => {
    const done = await greenlight(
      "sign",
      "--stack",
      "staging",
      "--evidence",
      evidence,
      "--out",
      path.join(dir, "no.json"),
      "--key",
      keyFile(0),
    );
    assert.equal(done.code, 30, done.stderr);
    assert.match(done.stdout, /nothing is signed/);
    assert.ok(!fs.existsSync(path.join(dir, "no.json")));
  });

  it("holds, takes more signatures but none twice, and says so without our code too", async () => {
    assert.equal((await verify()).code, 0);
    const second = await greenlight("sign", "--passport", passport, "--key", keyFile(1));
    assert.equal(second.code, 0, second.stderr);
    const twice = await greenlight("sign", "--passport", passport, "--key", keyFile(1));
    assert.match(twice.stderr, /signed by this key already/);
    const done = await verify();
    assert.match(done.stdout, /^GO {2}greenlight local/);
    assert.match(
      done.stdout,
      /signed by sre@example\.com, SRE representative\nsigned by technical@example\.com, technical lead/,
    );
    const alone = path.join(dir, "verify.js");
    fs.copyFileSync(path.join(root, "bin", "verify.js"), alone);
    const bare = await run("node", [alone, passport, trust, checkout, evidence], {
      cwd: dir,
      env: { PATH: process.env.PATH },
    });
    assert.equal(bare.code, 0, bare.stdout + bare.stderr);
    assert.match(bare.stdout, /^GO {2}greenlight local/);
    const vsa = path.join(dir, "vsa.json");
    for (const [args, result] of [
      [[], "PASSED"],
      [["--at", "2100-01-01T00:00:00Z"], "FAILED"],
    ] as const) {
      await verify("--vsa", vsa, ...args);
      const { predicate } = JSON.parse(fs.readFileSync(vsa, "utf8")) as { predicate: Record<string, unknown> };
      assert.equal(predicate.verificationResult, result);
    }
  });

  it("names every covered file of which a single byte is another, that is gone, or that was put beside", async () => {
    const flip = async (file: string, says: RegExp) => {
      const bytes = fs.readFileSync(file);
      const changed = Buffer.from(bytes);
      changed[Math.floor(changed.length / 2)]! ^= 1;
      fs.writeFileSync(file, changed);
      const done = await verify();
      fs.writeFileSync(file, bytes);
      assert.equal(done.code, 40, done.stdout + done.stderr);
      assert.match(done.stdout, says);
    };
    for (const name of ["index.ts", "policies/pack.lock", "stacks/Pulumi.local.yaml", "package-lock.json"])
      await flip(path.join(checkout, name), new RegExp(`^- ${name.replaceAll(".", "\\.")} is of SHA-256`, "m"));
    await flip(path.join(evidence, "sbom.json"), /evidence:sbom\.json is of SHA-256/);
    fs.renameSync(path.join(checkout, "LICENSE"), path.join(dir, "LICENSE"));
    assert.match((await verify()).stdout, /LICENSE is gone/);
    fs.renameSync(path.join(dir, "LICENSE"), path.join(checkout, "LICENSE"));
    fs.writeFileSync(path.join(checkout, "more.ts"), "export {};\n");
    await git("add", "more.ts");
    assert.match((await verify()).stdout, /more\.ts is there, and nobody signed for it/);
    await git("rm", "--quiet", "--force", "more.ts");
  });

  it("shows a forged verdict, a stranger's signature, an expiry and a missing signature for what they are", async () => {
    const original = fs.readFileSync(passport, "utf8");
    const change = async (edit: (envelope: Envelope) => void, code: number, says: RegExp, ...args: string[]) => {
      const envelope = JSON.parse(original) as Envelope;
      edit(envelope);
      fs.writeFileSync(passport, JSON.stringify(envelope));
      const done = await verify(...args);
      fs.writeFileSync(passport, original);
      assert.equal(done.code, code, done.stdout + done.stderr);
      assert.match(done.stdout, says);
    };
    const rewrite = (edit: (text: string) => string) => (envelope: Envelope) => {
      envelope.payload = Buffer.from(edit(Buffer.from(envelope.payload, "base64").toString("utf8"))).toString("base64");
    };
    await change(
      rewrite(text => text.replace('"tier":"local"', '"tier":"stage"')),
      40,
      /the signature of sre@example\.com does not fit/,
    );
    await change(envelope => (envelope.signatures = []), 30, /nobody signed it/);
    await change(
      envelope => (envelope.signatures[0]!.keyid = "0".repeat(64)),
      30,
      /by key 000000000000, which nobody here knows/,
    );
    await change(() => {}, 30, /it expired at .*: a passport holds 7 days/, "--at", "2036-01-01T00:00:00Z");
  });

  it("vouches for files of evidence, with stack, spec, commit and time, and only with a key", async () => {
    const file = path.join(evidence, "sbom.json");
    const done = await greenlight(
      "vouch",
      file,
      "--stack",
      "staging",
      "--key",
      keyFile(0),
      "--ended",
      "2026-11-25T12:00:00Z",
    );
    assert.equal(done.code, 0, done.stderr);
    const statement = readStatement(
      JSON.parse(fs.readFileSync(`${file}.intoto.json`, "utf8")),
      file,
      sha256(fs.readFileSync(file)),
      keys.map(one => one.trusted),
    );
    fs.rmSync(`${file}.intoto.json`);
    assert.equal(statement.producer, "sre@example.com");
    assert.equal(statement.environment, "staging");
    assert.equal(statement.endedMs, Date.parse("2026-11-25T12:00:00Z"));
    assert.match(statement.config!, /^[0-9a-f]{64}$/);
    assert.equal(statement.commit, (await git("rev-parse", "HEAD")).trim());
    assert.match(
      (await greenlight("vouch", dir, "--stack", "staging", "--key", keyFile(0))).stderr,
      /is no file; need/,
    );
    assert.match((await greenlight("vouch", file, "--stack", "staging", "--key", trust)).stderr, /no private key/);
  });

  it("is not the only thing people sign: an approver signs a stack's waivers as they are", async () => {
    const file = path.join(checkout, "stacks", "staging", "waivers.yaml");
    const before = fs.existsSync(file) ? fs.readFileSync(file) : undefined;
    const sign = (index: number) => greenlight("sign", "--waivers", "--stack", "staging", "--key", keyFile(index));
    const signatures = () => (JSON.parse(fs.readFileSync(`${file}.intoto.json`, "utf8")) as Envelope).signatures.length;
    if (before === undefined) assert.match((await sign(0)).stderr, /waivers\.yaml is without a waiver/);
    const made = await greenlight(
      ...["waive", "--stack", "staging", "--rule", "GL-POD-09", "--resource", "DaemonSet shop/agent", "--days", "2"],
      ...["--reason", "The agent reads the logs of the node.", "--owner", "ada", "--approver", "grace"],
    );
    assert.equal(made.code, 0, made.stderr);
    assert.equal((await sign(0)).code, 0);
    assert.match((await sign(1)).stdout, /2 signatures over it as it is/);
    assert.match((await sign(1)).stderr, /signed by this key already/);
    fs.appendFileSync(file, "# changed\n");
    assert.match((await sign(1)).stdout, /1 signatures over it as it is/);
    assert.equal(signatures(), 1);
    for (const one of [file, `${file}.intoto.json`]) fs.rmSync(one);
    if (before) fs.writeFileSync(file, before);
  });

  describe("and an override", () => {
    const file = path.join(dir, "override.json");
    const override = (...args: string[]) => greenlight("override", ...args);
    const whole = [
      "--incident",
      "INC-7",
      "--reason",
      "the queue does not drain otherwise",
      "--resource",
      "Deployment shop/api",
    ];

    it("say what is missing or wrong, and write nothing", async () => {
      const cases: [string[], RegExp][] = [
        [["--key", keyFile(0)], /without --stack, --incident, --reason, --resource/],
        [["--key", keyFile(0), "--stack", "local", ...whole], /--stack local is of tier local/],
        [["--key", keyFile(0), "--stack", "nowhere", ...whole], /nowhere/],
        [["--key", path.join(dir, "none.pem"), "--stack", "production", ...whole], /none\.pem is unreadable/],
        [["--key", keyFile(0), "--stack", "production", ...whole, "--hours", "5"], /need hours, up to 4/],
        [
          ["--key", keyFile(0), "--stack", "production", ...whole.slice(0, 2), "--reason", "x", "--resource", "*"],
          /its reason is shorter than 20 characters; "\*" is no resource/,
        ],
      ];
      for (const [args, says] of cases) {
        const done = await override(...args, "--out", file);
        assert.equal(done.code, 64, done.stdout);
        assert.match(done.stderr, says);
        assert.ok(!fs.existsSync(file));
      }
    });

    it("hold once two people signed, and are no passports", async () => {
      const first = await override("--stack", "production", ...whole, "--key", keyFile(0), "--out", file);
      assert.equal(first.code, 0, first.stderr);
      assert.match(
        first.stdout,
        /^OVERRIDE {2}production {2}INC-7, until .*: 1 signatures, 1 resources[^]*- 1 of 2 people signed/,
      );
      const one = await greenlight("verify", file);
      assert.equal(one.code, 30);
      assert.match(one.stdout, /^NOT VALID[^]*1 of 2 people signed who may sign releases/);
      assert.match((await override("--document", file, "--key", keyFile(0))).stderr, /signed by this key already/);
      assert.match((await greenlight("sign", "--passport", file, "--key", keyFile(1))).stderr, /is another thing/);
      assert.match((await override("--document", passport, "--key", keyFile(1))).stderr, /is another thing/);
      assert.equal((await override("--document", file, "--key", keyFile(1))).code, 0);
      const both = await greenlight("verify", file);
      assert.equal(both.code, 10, both.stdout + both.stderr);
      assert.match(both.stdout, /^OVERRIDE {2}greenlight production {2}INC-7, until .*, for Deployment shop\/api/);
      fs.appendFileSync(path.join(checkout, "README.md"), " ");
      const changed = await greenlight("verify", file, "--json");
      await git("checkout", "--quiet", "README.md");
      assert.equal(changed.code, 40);
      assert.equal((JSON.parse(changed.stdout) as { word: string }).word, "TAMPERED");
    });
  });
});
