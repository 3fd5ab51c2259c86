import assert from "node:assert/strict";
import { greenlight } from "../support/local-stack";

describe("greenlight sabotage", function () {
  this.timeout(300_000);

  it("turns every rule red by weakening the platform", async () => {
    const done = await greenlight(["sabotage", "--json"]);
    assert.equal(done.code, 0, done.stderr);
    const { proofs } = JSON.parse(done.stdout) as { proofs: { rule: string; where: string; noticed: number }[] };
    assert.deepEqual(
      proofs.filter(one => one.noticed === 0).map(one => one.rule),
      [],
    );
    assert.ok(proofs.filter(one => one.where === "platform").length > 100);
  });
});
