import assert from "node:assert/strict";
import { platformOf, survivorsOf } from "../../cli/commands/sabotage";
import { reasonOf, writtenReasons } from "../../policies/engine/survivor-reasons";
import { greenlight } from "../support/local-stack";

describe("greenlight sabotage", function () {
  this.timeout(600_000);

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

  it("has a reason for every kind of weakening that a rule did not notice: another rule that stops it, or a written one", async () => {
    const patterns = survivorsOf([await platformOf("production"), await platformOf("production-base")]);
    const open = patterns.filter(one => one.reason === undefined);
    assert.deepEqual(
      open.map(one => `${one.kind} ${one.path} ${one.how} (${one.rules.join(", ")})`),
      [],
    );
    const stopped = patterns.filter(one => /^GL-\S+ stops it$/.test(one.reason!)).length;
    console.log(
      `      ${patterns.length} kinds: ${stopped} stopped by another rule, ${patterns.length - stopped} by a written reason`,
    );
    const used = new Set(patterns.map(one => one.reason));
    assert.deepEqual(
      writtenReasons.filter(one => !used.has(one)),
      [],
      "reasons for nothing",
    );
  });

  it("has no reason for what nobody looked at", () => {
    for (const [kind, path, how] of [
      ["apps/v1:Deployment", "spec.template.spec.containers.#.image", "flipped"],
      ["apps/v1:Deployment", "spec.paused", "flipped"],
      ["core/v1:Service", "spec.sessionAffinity", "dropped"],
    ] as const)
      assert.equal(reasonOf({ kind, path, how }), undefined, path);
  });
});
