import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { copyOfCheckout, greenlight } from "../support/local-stack";

describe("greenlight waive", function () {
  this.timeout(60_000);
  let copy: string;
  before(() => (copy = copyOfCheckout("small")));
  after(() => fs.rmSync(path.dirname(copy), { recursive: true, force: true }));

  const env = { GREENLIGHT_TODAY: "2026-01-05" };
  const waive = (more: Record<string, string> = {}) => {
    const options = {
      stack: "local",
      rule: "GL-HA-02",
      resource: "Deployment inulearning/learning",
      reason: "One pod is enough until the migration is over.",
      owner: "ada",
      approver: "grace",
      ...more,
    };
    return greenlight(["waive", ...Object.entries(options).flatMap(([key, value]) => [`--${key}`, value])], env, copy);
  };
  const file = () => path.join(copy, "stacks", "local", "waivers.yaml");
  const check = () => greenlight(["check", "--stack", "local", "--json"], env, copy);

  it("refuses what could not be in force, and writes nothing", async () => {
    for (const [more, says] of [
      [{ approver: "ada" }, /--approver is its owner; need somebody else/],
      [{ days: "31" }, /--expires is 2026-02-05; need at most 30 days after created/],
      [{ rule: "GL-GATE-01" }, /the gate has no exceptions/],
      [{ rule: "GL-NO-01" }, /--rule GL-NO-01 is no rule/],
      [{ stack: "nowhere" }, /--stack nowhere is no stack/],
      [{ reason: "because" }, /a reason of at least 20 characters/],
      [{ category: "whim" }, /category/],
    ] as const) {
      const done = await waive(more);
      assert.ok([64, 65].includes(done.code!), done.stdout);
      assert.match(done.stderr, says);
    }
    assert.equal(fs.existsSync(file()), false);
  });

  it("shows as waived what is waived, conditional at best, and as a finding what covers nothing any more", async () => {
    const stack = path.join(copy, "stacks", "Pulumi.local.yaml");
    const sound = fs.readFileSync(stack, "utf8");
    fs.writeFileSync(stack, sound.replace(/(name: learning\n(?:.*\n)*?\s+minReplicas: )3/, "$11"));
    assert.equal((await check()).code, 20);
    const { code, stdout, stderr } = await waive();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /GL-HA-02 for Deployment inulearning\/learning until 2026-02-04/);
    const waived = await check();
    const findings = (text: string) => (JSON.parse(text) as { findings: { rule: string; state: string }[] }).findings;
    assert.deepEqual(
      findings(waived.stdout)
        .filter(one => one.rule === "GL-HA-02")
        .map(one => one.state),
      ["waived"],
    );
    fs.writeFileSync(stack, sound);
    const left = await check();
    assert.equal(left.code, 20);
    assert.deepEqual(
      findings(left.stdout).map(({ rule, state }) => [rule, state]),
      [["GL-GATE-02", "not met"]],
    );
  });
});
