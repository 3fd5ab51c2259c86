import assert from "node:assert/strict";
import fc from "fast-check";
import type { RuleResult } from "../../model/finding";
import { verdicts } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import type { Waiver } from "../../model/waiver";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { computeVerdict } from "../../readiness/verdict";
import { applyWaivers } from "../../readiness/waivers";

const today = "2026-01-05";
const rule = rules.find(one => one.id === "GL-POD-09")!;

const waiver = (more: Partial<Waiver> = {}): Waiver => ({
  rule: rule.id,
  resource: "DaemonSet shop/agent",
  category: "accepted risk",
  reason: "The agent reads the logs of its node.",
  owner: "ada",
  approver: "grace",
  created: "2026-01-01",
  expires: "2026-01-10",
  ...more,
});

const result = (paths: string[], more: Partial<RuleResult["findings"][number]> = {}): RuleResult => ({
  rule: rule.id,
  urn: "urn:pulumi:x::y::z::agent",
  state: "not met",
  inspected: 1,
  findings: paths.map(path => ({
    rule: rule.id,
    state: "not met",
    severity: rule.severity,
    urn: "urn:pulumi:x::y::z::agent",
    resource: "DaemonSet shop/agent",
    path,
    found: "set",
    needed: "no hostPath",
    fix: "Remove it.",
    message: "Set. Remove it.",
    ...more,
  })),
});

const apply = (waivers: Waiver[], results = [result(["spec.volumes[0].hostPath"])], tier: Tier = "staging") =>
  applyWaivers(results, waivers, { today, rules, tier });

describe("waivers", () => {
  it("turn a finding into one that is waived, and say so", () => {
    const [first, own] = apply([waiver()]);
    assert.equal(first!.state, "waived");
    assert.match(first!.findings[0]!.message, /Waived until 2026-01-10: The agent reads the logs/);
    assert.deepEqual([own!.rule, own!.state], ["GL-GATE-02", "met"]);
  });

  const useless: [string, Partial<Waiver>, Tier][] = [
    ["expired", { expires: "2026-01-05" }, "staging"],
    ["longer than the severity allows", { expires: "2026-02-01" }, "staging"],
    ["agreed by its owner", { approver: "ADA " }, "staging"],
    ["from tomorrow", { created: "2026-01-06" }, "staging"],
    ["without a signature in production", {}, "production"],
    ["of another resource", { resource: "DaemonSet shop/agent2" }, "staging"],
    ["of another rule", { rule: "GL-POD-10" }, "staging"],
    ["of a rule that is none", { rule: "GL-XX-01" }, "staging"],
    ["of another place", { path: "spec.volumes[1]" }, "staging"],
    ["of a place that only begins alike", { path: "spec.vol" }, "staging"],
  ];
  for (const [name, more, tier] of useless)
    it(`cover nothing, and are a finding, when they are ${name}`, () => {
      const [first, own] = apply([waiver(more)], undefined, tier);
      assert.equal(first!.state, "not met");
      assert.equal(own!.state, "not met");
    });

  it("are in force in production once their approver signed the file, and nobody else", () => {
    const states = (signedBy: string[]) =>
      applyWaivers([result(["spec.volumes[0].hostPath"])], [waiver()], {
        today,
        rules,
        tier: "production",
        signedBy,
      }).map(one => one.state);
    assert.deepEqual(states([]), ["not met", "not met"]);
    assert.deepEqual(states(["ada"]), ["not met", "not met"], "its owner");
    assert.deepEqual(states([waiver().approver]), ["waived", "met"]);
  });

  it("cover one place and leave the next", () => {
    const [first] = apply(
      [waiver({ path: "spec.volumes[1]" })],
      [result(["spec.volumes[1].hostPath", "spec.volumes[10].hostPath"])],
    );
    assert.equal(first!.state, "not met");
    assert.deepEqual(
      first!.findings.map(one => one.state),
      ["waived", "not met"],
    );
  });

  it("make a verdict conditional at best, never GO", () => {
    const met = rules.map(({ id }): RuleResult => ({
      rule: id,
      urn: `urn:${id}`,
      state: "met",
      inspected: 1,
      findings: [],
    }));
    const verdictWith = (list: Waiver[]) =>
      computeVerdict(
        {
          subject: { project: "p", stack: "s", tier: "local", phase: "preview" },
          catalogue: "c",
          pack: "k",
          results: [...met, result(["spec.volumes[0].hostPath"])],
          close: { resources: 1, types: {} },
          tampered: false,
        },
        { rules, items, source: "preview", simulated: [], waivers: { list, today } },
      ).verdict;
    assert.equal(verdictWith([]), "NO-GO");
    assert.equal(verdictWith([waiver()]), "CONDITIONAL");
    assert.equal(verdictWith([waiver(), waiver({ resource: "Pod shop/x" })]), "NO-GO");
  });

  it("never make a verdict GO, whatever they say", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            rule: fc.constantFrom(rule.id, "GL-POD-10", "GL-GATE-02"),
            resource: fc.constantFrom("DaemonSet shop/agent", "", "*"),
            owner: fc.string(),
            approver: fc.string(),
            created: fc.constantFrom("2026-01-01", "", "9999-12-31", "x"),
            expires: fc.constantFrom("2026-01-10", "", "9999-12-31", "x"),
          }),
          { maxLength: 4 },
        ),
        list => {
          const all = list.map(one => waiver(one));
          const [first] = apply(all);
          assert.notEqual(first!.state, "met");
          assert.ok(verdicts.length === 5);
        },
      ),
    ));
});
