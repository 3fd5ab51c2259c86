import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "../../model/canonical";
import { faultText } from "../../model/faults";
import { outcomes, verdictOf, verdicts, worse, worstOutcome } from "../../model/outcome";
import { parseQuantity, resolveCount } from "../../model/quantity";
import { stricter, tiers } from "../../model/tier";

describe("quantities", () => {
  const cases: [string | number, number | undefined][] = [
    ["250m", 0.25],
    ["1", 1],
    [2, 2],
    ["1.5", 1.5],
    [".5", 0.5],
    ["1Gi", 2 ** 30],
    ["128Mi", 128 * 2 ** 20],
    ["1k", 1000],
    ["1e3", 1000],
    ["5E", 5e18],
    ["100MB", undefined],
    ["1 Gi", undefined],
    ["", undefined],
    ["Gi", undefined],
    ["1K", undefined],
    ["-", undefined],
    ["0x10", undefined],
  ];
  for (const [text, wanted] of cases)
    it(`${JSON.stringify(text)} is ${wanted ?? "no quantity"}`, () => {
      const value = parseQuantity(text);
      if (wanted === undefined) assert.equal(value, undefined);
      else assert.ok(Math.abs(value! - wanted) <= wanted * 1e-12);
    });

  it("resolves percentages of a total up or down", () => {
    assert.equal(resolveCount("25%", 3, "up"), 1);
    assert.equal(resolveCount("25%", 3, "down"), 0);
    assert.equal(resolveCount(2, 3, "up"), 2);
    assert.equal(resolveCount("half", 3, "up"), undefined);
  });
});

describe("outcomes and verdicts", () => {
  it("lets only met and not applicable carry a GO", () =>
    assert.deepEqual(
      outcomes.filter(outcome => verdictOf(outcome) === "GO"),
      ["met", "not applicable"],
    ));
  it("calls nothing inspected unverifiable", () => assert.equal(worstOutcome([]), "unverifiable"));
  it("takes the worse of two verdicts, whatever the order", () => {
    for (const a of verdicts)
      for (const b of verdicts) {
        assert.equal(worse(a, b), worse(b, a));
        assert.ok(verdicts.indexOf(worse(a, b)) <= verdicts.indexOf(a));
      }
  });
  it("never gets better by one more outcome that is not a pass", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...outcomes), { minLength: 1 }),
        fc.constantFrom(...outcomes),
        (all, more) => {
          if (verdictOf(more) === "GO") return;
          const before = verdicts.indexOf(verdictOf(worstOutcome(all)));
          assert.ok(verdicts.indexOf(verdictOf(worstOutcome([...all, more]))) <= before);
        },
      ),
    ));
  it("only ever raises a tier", () => {
    for (const a of tiers) for (const b of tiers) assert.ok(tiers.indexOf(stricter(a, b)) >= tiers.indexOf(a));
  });
});

describe("canonical JSON", () => {
  it("does not depend on the order of keys", () =>
    assert.equal(canonicalJson({ b: [1, { d: 1, c: 2 }], a: 1 }), '{"a":1,"b":[1,{"c":2,"d":1}]}'));
});

describe("messages", () => {
  it("have one shape", () =>
    assert.equal(
      faultText({ where: "x.y", found: "3", needed: "at least 5", fix: "Raise it." }),
      "x.y is 3; need at least 5. Raise it.",
    ));
});
