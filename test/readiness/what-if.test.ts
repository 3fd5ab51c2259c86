import assert from "node:assert/strict";
import { canonicalJson } from "../../model/canonical";
import { blockersOf } from "../../readiness/blockers";
import type { Decision } from "../../readiness/decision";
import type { Supposition } from "../../readiness/what-if";
import { suppose } from "../../readiness/what-if";
import { blocked, decisionOf, waived } from "../support/decision";
import { register } from "../support/evidence";

const nothing: Supposition = { repaired: [], limits: {}, settled: false };
const causes = ({ blockers }: Decision) => blockers.map(one => one.cause);

describe("what if", () => {
  it("supposes nothing where nothing is supposed: the verdict as it is", () => {
    for (const make of [blocked, waived, () => decisionOf(() => {})]) {
      const { input, verdict } = make();
      assert.equal(canonicalJson(suppose(input!, nothing)), canonicalJson(verdict));
    }
  });

  it("would be GO once everything is repaired and settled", () => {
    for (const make of [blocked, waived, () => decisionOf(() => {}, "unverifiable")]) {
      const decision = make();
      const would = suppose(decision.input!, { repaired: causes(decision), limits: {}, settled: true });
      assert.equal(would.verdict, "GO", would.reason);
    }
  });

  it("takes away just the blocker that is repaired, and never another", () => {
    const decision = blocked();
    for (const cause of causes(decision)) {
      const left = blockersOf(suppose(decision.input!, { ...nothing, repaired: [cause] }), register);
      assert.deepEqual(
        left.map(one => one.cause).sort(),
        causes(decision)
          .filter(one => one !== cause)
          .sort(),
        cause,
      );
    }
  });

  it("holds evidence to other limits", () => {
    const sound = decisionOf(() => {});
    // The load test says a P95 of 240 ms.
    assert.equal(suppose(sound.input!, { ...nothing, limits: { p95Ms: 240 } }).verdict, "NO-GO");
    assert.equal(suppose(sound.input!, { ...nothing, limits: { p95Ms: 241 } }).verdict, "GO");
    const failing = decisionOf(files => {
      (files["newman.json"] as { run: { stats: { assertions: { failed: number } } } }).run.stats.assertions.failed = 30;
    });
    assert.equal(failing.verdict.verdict, "NO-GO");
    assert.equal(suppose(failing.input!, { ...nothing, limits: { passRate: 0.5 } }).verdict, "GO");
  });

  it("leaves what it was given as it was", () => {
    const { input } = blocked();
    const before = canonicalJson(input);
    suppose(input!, { repaired: ["API test"], limits: { p95Ms: 1 }, settled: true });
    assert.equal(canonicalJson(input), before);
  });
});
