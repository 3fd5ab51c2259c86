import assert from "node:assert/strict";
import type { Verdict } from "../../model/verdict";
import { greenlight, localStack } from "../support/local-stack";

/** What must be the same in both; URNs and counts of resources differ by the engine's own provider resources. */
const essence = (verdict: Verdict) => ({
  rules: verdict.rules.map(({ id, state, inspected }) => [id, state, inspected]),
  items: verdict.items.map(({ id, state, inspected }) => [id, state, inspected]),
  findings: verdict.findings.map(finding => `${finding.state} ${finding.message}`).sort(),
  verdict: verdict.verdict,
});

describe("check and preview", function () {
  this.timeout(120_000);
  before(async function () {
    this.timeout(45 * 60_000);
    await localStack();
  });

  const subjects: [string, string[], string[]][] = [
    ["stack local", ["--stack", "local"], ["--stack", "local"]],
    ["stack staging", ["--stack", "staging"], ["--stack", "staging"]],
    ["stack production", ["--stack", "production"], ["--stack", "production"]],
    ["stack production-base", ["--stack", "production-base"], ["--stack", "production-base", "--offline"]],
    ["examples/unready", ["examples/unready"], ["--cwd", "examples/unready"]],
    ["a program full of unknowns", ["test/fixtures/unknowns"], ["--cwd", "test/fixtures/unknowns"]],
  ];
  for (const [name, check, preview] of subjects)
    it(`agree rule by rule on ${name}`, async () => {
      const { env } = await localStack();
      const verdictOf = async (args: string[]) => {
        const done = await greenlight([...args, "--json"], env);
        assert.ok(done.stdout.startsWith("{"), done.stderr);
        return essence(JSON.parse(done.stdout) as Verdict);
      };
      const inProcess = await verdictOf(["check", ...check]);
      const engine = await verdictOf(["preview", ...preview]);
      assert.deepEqual(inProcess, engine);
      if (name.includes("unknowns")) {
        const states = new Set(inProcess.rules.map(([, state]) => state));
        assert.ok(states.has("unverifiable") && states.has("not met"), [...states].join(", "));
      }
    });
});
