import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { RunResult } from "../../local/process";
import { run } from "../../local/process";
import { copyOfCheckout, greenlight, ownFolders } from "../support/local-stack";

/**
 * The ways round the gate, each tried for real in a copy of the checkout: plain pulumi in the shell of `greenlight env`,
 * with one thing changed. The rows are those of docs/threat-model.md.
 */
describe("the gate", function () {
  this.timeout(120_000);
  let copy: string;
  let own: NodeJS.ProcessEnv;
  let shell: NodeJS.ProcessEnv;
  /** What the stack holds from the beginning to the end. */
  let untouched: string[];
  const inCopy = (...parts: string[]) => path.join(copy, ...parts);

  before(async function () {
    this.timeout(45 * 60_000);
    copy = copyOfCheckout("small");
    own = ownFolders(path.dirname(copy));
    const up = await greenlight(["up", "--json"], own, copy);
    assert.equal(up.code, 0, up.stderr);
    const printed = await greenlight(["env", "--json"], own, copy);
    shell = { ...process.env, ...own, ...(JSON.parse(printed.stdout) as Record<string, string>) };
    untouched = await resources();
  });

  after(async () => {
    await greenlight(["down"], own, copy);
    fs.rmSync(path.dirname(copy), { recursive: true, force: true });
  });

  const pulumi = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> =>
    run("pulumi", [...args, "--non-interactive", "--color", "never"], { cwd: copy, env: { ...shell, ...env } });

  /** URNs and input digests of the stack's resources: a refused run must leave them as they were. */
  async function resources(): Promise<string[]> {
    const exported = JSON.parse((await pulumi(["stack", "export"])).stdout) as {
      deployment: { resources?: { urn: string; inputs?: unknown }[] };
    };
    return (exported.deployment.resources ?? []).map(({ urn, inputs }) => `${urn} ${JSON.stringify(inputs)}`).sort();
  }

  async function refused(done: Promise<RunResult>, says: RegExp): Promise<void> {
    const { code, stdout, stderr } = await done;
    assert.notEqual(code, 0, stdout + stderr);
    assert.match(stdout + stderr, says);
    assert.deepEqual(await resources(), untouched);
  }

  /** Changes a file for the time of one test. */
  async function withFile(file: string, change: (text: string) => string, work: () => Promise<void>): Promise<void> {
    const text = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, change(text));
    try {
      await work();
    } finally {
      fs.writeFileSync(file, text);
    }
  }

  const notInForce = (reason: string) =>
    new RegExp(`The readiness gate is not in force: ${reason}[^]*Nothing was registered\\. Run \`greenlight up\``);
  const stackFile = () => inCopy("stacks", "Pulumi.local.yaml");
  const another = (text: string) => text.replace("cpu: 250m", "cpu: 300m");
  const unready = (text: string) => text.replaceAll("minReplicas: 3", "minReplicas: 1");
  const noPack = { PULUMI_OPTION_POLICY_PACK: undefined, PULUMI_OPTION_POLICY_PACK_CONFIG: undefined };

  it("lets plain pulumi through when nothing is tampered with", async () =>
    assert.equal((await pulumi(["up", "--yes"])).code, 0));

  for (const command of [["preview"], ["up", "--yes"]])
    describe(`pulumi ${command[0]}`, () => {
      it("is refused without the pack", () =>
        refused(pulumi(command, noPack), notInForce("PULUMI_OPTION_POLICY_PACK is not set")));

      it("is refused without the pack's config", () =>
        refused(
          pulumi(command, { PULUMI_OPTION_POLICY_PACK_CONFIG: undefined }),
          notInForce("PULUMI_OPTION_POLICY_PACK_CONFIG is not set"),
        ));

      it("is refused with the rules switched off by another config", async () => {
        const off = inCopy("..", "off.json");
        fs.writeFileSync(off, '{"all":"disabled"}');
        await refused(
          pulumi(command, { PULUMI_OPTION_POLICY_PACK_CONFIG: off }),
          notInForce("PULUMI_OPTION_POLICY_PACK_CONFIG is .*off\\.json"),
        );
        await refused(
          pulumi([...command, "--policy-pack-config", off]),
          /the number of "--policy-pack-config" flags must match/,
        );
        await refused(
          pulumi([...command, "--policy-pack", inCopy("policies"), "--policy-pack-config", off], noPack),
          notInForce("PULUMI_OPTION_POLICY_PACK is not set"),
        );
      });

      it("is refused with the rules switched off in the pack's own config", () =>
        withFile(
          inCopy("policies", "config.json"),
          () => '{"all":"disabled"}',
          () => refused(pulumi(command), notInForce("policies/config.json is of SHA-256")),
        ));

      it("is refused with a second pack", async () => {
        const second = otherPack();
        await refused(pulumi([...command, "--policy-pack", second]), /must match the number of "--policy-pack" flags/);
        await refused(
          pulumi(command, {
            PULUMI_OPTION_POLICY_PACK: `${inCopy("policies")},${second}`,
            PULUMI_OPTION_POLICY_PACK_CONFIG: `${inCopy("policies", "config.json")},${inCopy("policies", "config.json")}`,
          }),
          notInForce("PULUMI_OPTION_POLICY_PACK is .*,"),
        );
      });

      it("is refused with another pack of the same name", () =>
        refused(
          pulumi(command, { PULUMI_OPTION_POLICY_PACK: otherPack() }),
          notInForce("PULUMI_OPTION_POLICY_PACK is .*other-pack"),
        ));

      it("is refused with an edited pack", () =>
        withFile(
          inCopy("policies", "bin", "index.js"),
          text => text.replaceAll('"mandatory"', '"advisory"'),
          () => refused(pulumi(command), notInForce("policies/bin/index.js is of SHA-256")),
        ));

      it("is refused with edited policies for the API server", () =>
        withFile(
          inCopy("policies", "bin", "admission.json"),
          text => text.replace("GL-POD-01", "GL-POD-00"),
          () => refused(pulumi(command), notInForce("policies/bin/admission.json is of SHA-256")),
        ));

      it("is refused when the program is made to believe that the pack runs", async () => {
        // The program sees the right environment, the engine does not: only the handshake can tell.
        const forged = inCopy("..", "forged.js");
        const set = (name: string, value: string) => `process.env.${name} = ${JSON.stringify(value)};\n`;
        fs.writeFileSync(
          forged,
          set("PULUMI_OPTION_POLICY_PACK", inCopy("policies")) +
            set("PULUMI_OPTION_POLICY_PACK_CONFIG", inCopy("policies", "config.json")),
        );
        const env = { ...noPack, NODE_OPTIONS: `--require ${JSON.stringify(forged)}` };
        assert.equal((await pulumi(["preview"])).code, 0);
        await refused(pulumi(command, env), notInForce("the pack did not answer"));
      });
    });

  describe("an update", () => {
    it("is refused without a preview (-f), unless one of the same program and config just passed", async () => {
      await withFile(stackFile(), another, async () => {
        await refused(pulumi(["up", "--yes", "-f"]), /--strict cannot be used with --skip-preview/);
        await refused(
          pulumi(["up", "--yes", "-f", "--strict=false"]),
          notInForce("there was no preview of exactly this program and config"),
        );
      });
    });

    it("is refused when the config changes between preview and update", async () => {
      assert.equal((await pulumi(["preview"])).code, 0);
      await withFile(stackFile(), another, () =>
        refused(pulumi(["up", "--yes", "-f", "--strict=false"]), notInForce("there was no preview of exactly")),
      );
    });

    it("uses its preview's receipt up", async () => {
      assert.equal((await pulumi(["preview"])).code, 0);
      assert.equal((await pulumi(["up", "--yes", "-f", "--strict=false"])).code, 0);
      await refused(pulumi(["up", "--yes", "-f", "--strict=false"]), notInForce("there was no preview of exactly"));
    });

    it("is refused above tier local without a passport, with one that is none, and before anything else is asked", async () => {
      await withFile(
        stackFile(),
        text => text.replace("greenlight:tier: local", "greenlight:tier: staging"),
        async () => {
          const update = ["up", "--yes", "-f", "--strict=false"];
          await refused(pulumi(update), notInForce("no passport allows this update: GREENLIGHT_PASSPORT is not set"));
          const file = path.join(path.dirname(copy), "none.json");
          fs.writeFileSync(file, "{}");
          const env = { GREENLIGHT_PASSPORT: file, GREENLIGHT_TRUST: file };
          await refused(
            pulumi(update, env),
            notInForce("no passport allows this update: the passport .* cannot be read"),
          );
        },
      );
    });

    it("is refused after a preview that was too long ago", async () => {
      assert.equal((await pulumi(["preview"])).code, 0);
      const dir = path.join(own.GREENLIGHT_EVIDENCE!, "local", ".gate");
      const age = (text: string) => text.replace(/"at":"[^"]+"/, '"at":"2026-01-01T00:00:00.000Z"');
      for (const name of fs.readdirSync(dir))
        fs.writeFileSync(path.join(dir, name), age(fs.readFileSync(path.join(dir, name), "utf8")));
      await refused(pulumi(["up", "--yes", "-f", "--strict=false"]), notInForce("its preview was at 2026-01-01"));
    });

    it("of something unready is stopped by its own preview, and leaves no receipt that would do", async () => {
      await withFile(stackFile(), unready, async () => {
        await refused(
          pulumi(["up", "--yes"]),
          /kept at 1 \(minReplicas of its HorizontalPodAutoscaler\); need at least 2 pods in tier local[^]*\[GL-HA-02\]/,
        );
        await refused(
          pulumi(["up", "--yes", "-f", "--strict=false"]),
          notInForce("its preview found \\d+ results that block"),
        );
      });
    });

    const apiUnready = (text: string) => text.replace("minReplicas: 3", "minReplicas: 1");

    it("of a part (--target) is judged like any other", async () => {
      await withFile(stackFile(), unready, () =>
        refused(pulumi(["up", "--yes", "--target", "**analysis**"]), /HorizontalPodAutoscaler\); need at least 2/),
      );
    });

    it("of everything is held to its preview, which saw only a part (--target)", async () => {
      await withFile(stackFile(), apiUnready, async () => {
        const partial = await pulumi(["preview", "--target", "**analysis**"]);
        assert.equal(partial.code, 0, partial.stdout);
        // The parts that were judged as they are may be made (a component's own record, the Seal); no object may.
        const done = await pulumi(["up", "--yes", "-f", "--strict=false"]);
        assert.notEqual(done.code, 0);
        assert.match(done.stdout, /HorizontalPodAutoscaler[^]*did not judge this resource as it is now/);
        const objects = (urns: string[]) => urns.filter(urn => /\bkubernetes:/.test(urn));
        assert.deepEqual(objects(await resources()), objects(untouched));
      });
      // Put back what the component's record says, for whatever test comes next.
      assert.equal((await pulumi(["up", "--yes"])).code, 0);
    });
  });

  it("stops a provider that leads to another cluster, from the program's config as well", async () => {
    const elsewhere = (text: string) => text.replace("config:\n", "config:\n  kubernetes:context: production\n");
    await withFile(stackFile(), elsewhere, async () => {
      await refused(
        pulumi(["up", "--yes"]),
        /context is set on the provider; need the run's own target[^]*\[GL-GATE-01\]/,
      );
      const check = await greenlight(["check", "--json"], own, copy);
      assert.match(check.stdout, /"verdict": "NO-GO"[^]*GL-GATE-01/);
    });
  });

  it("judges at the strictest tier when the target is not one it knows", async () => {
    // A cluster that nobody listed counts as production, whatever the stack calls itself.
    const done = await pulumi(["preview"], { GREENLIGHT_LOCAL_KUBECONFIG: undefined });
    const newest = newestEvidence();
    assert.match(fs.readFileSync(newest, "utf8").split("\n")[0]!, /"tier":"production"/, done.stdout);
  });

  function newestEvidence(): string {
    const dir = path.join(own.GREENLIGHT_EVIDENCE!, "local");
    const files = fs
      .readdirSync(dir)
      .filter(name => name.endsWith(".jsonl"))
      .map(name => path.join(dir, name));
    return files.sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)[0]!;
  }

  /** A pack that calls itself like ours and finds nothing, ever. */
  function otherPack(): string {
    const dir = inCopy("..", "other-pack");
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(path.join(dir, "PulumiPolicy.yaml"), "runtime:\n  name: nodejs\n  options: {typescript: false}\n");
    fs.writeFileSync(
      path.join(dir, "package.json"),
      '{"name":"@greenlight/policies","version":"0.1.0","main":"index.js"}',
    );
    fs.writeFileSync(
      path.join(dir, "index.js"),
      'const { PolicyPack } = require("@pulumi/policy");\nnew PolicyPack("greenlight", { policies: [] });\n',
    );
    if (!fs.existsSync(path.join(dir, "node_modules")))
      fs.symlinkSync(path.join(copy, "node_modules"), path.join(dir, "node_modules"));
    return dir;
  }
});
