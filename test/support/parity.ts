import assert from "node:assert/strict";
import type { Verdict } from "../../model/verdict";
import { greenlight, localStack } from "./local-stack";

/** What must be the same in both; URNs and counts of resources differ by the engine's own provider resources. */
const essence = (verdict: Verdict) => ({
  rules: verdict.rules.map(({ id, state, inspected }) => [id, state, inspected]),
  items: verdict.items.map(({ id, state, inspected }) => [id, state, inspected]),
  findings: verdict.findings.map(finding => `${finding.state} ${finding.message}`).sort(),
  verdict: verdict.verdict,
});

/** Judges something in-process and by the real engine's preview: rule by rule the same. Gives what both said. */
export async function agree(check: string[], preview: string[]): Promise<ReturnType<typeof essence>> {
  const { env } = await localStack();
  const verdictOf = async (args: string[]) => {
    const done = await greenlight([...args, "--json"], env);
    assert.ok(done.stdout.startsWith("{"), done.stderr);
    return essence(JSON.parse(done.stdout) as Verdict);
  };
  const inProcess = await verdictOf(["check", ...check]);
  assert.deepEqual(inProcess, await verdictOf(["preview", ...preview]));
  return inProcess;
}
