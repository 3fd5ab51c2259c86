import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { undecidedPart } from "../../policies/items/item";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { peers } from "../../policies/rules/peers";
import { root } from "../../local/state";

const unique = (values: string[]) =>
  assert.deepEqual(
    values.filter((value, index) => values.indexOf(value) !== index),
    [],
  );

describe("the catalogue", () => {
  it("holds at least the first 16 rules, each id and slug once", () => {
    assert.ok(rules.length >= 16, String(rules.length));
    unique(rules.map(rule => rule.id));
    unique(rules.map(rule => rule.slug));
  });

  it("has one file for each rule, named after its slug, and no file without one", () => {
    const dir = path.join(root, "policies", "rules");
    const files = fs
      .readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter(
        file =>
          file.includes(path.sep) &&
          file.endsWith(".ts") &&
          /\b(defineRule<|demandRule\()/.test(fs.readFileSync(path.join(dir, file), "utf8")),
      )
      .map(file => path.basename(file, ".ts"));
    assert.deepEqual(files.sort(), rules.map(rule => rule.slug).sort());
  });

  it("writes every text in full", () => {
    for (const rule of rules) {
      assert.match(rule.id, /^GL-[A-Z]+-\d\d$/);
      assert.match(rule.slug, /^[a-z]+(-[a-z]+)*$/);
      for (const text of [rule.title, rule.why, rule.fix]) assert.match(text, /^[A-Z].*\.$/, `${rule.id}: ${text}`);
      assert.ok(rule.requirements.length > 0 && rule.items.length > 0, rule.id);
      for (const requirement of rule.requirements) assert.match(requirement, /^S-\d{3}$/);
    }
  });

  it("knows the 36 items and seven actions, and rules name no other", () => {
    assert.equal(items.filter(item => /^[A-E]\./.test(item.id)).length, 36);
    assert.equal(items.filter(item => item.id.startsWith("F.")).length, 7);
    unique(items.map(item => item.id));
    for (const rule of rules)
      for (const id of rule.items)
        assert.ok(
          items.some(item => item.id === id),
          `${rule.id} names ${id}`,
        );
  });

  it("holds no item that nothing could decide, and leaves no requirement of the review out", () => {
    for (const item of items) {
      const decided =
        rules.some(rule => rule.items.includes(item.id)) || item.evidence.length > 0 || item.attestations.length > 0;
      assert.ok(decided, item.id);
      // A part that only measuring or people can decide is always left: rules alone make no GO above tier local.
      assert.ok(undecidedPart(item), item.id);
      assert.match(item.title, /^[A-Z].*\.$/);
    }
    const cited = new Set(items.flatMap(item => item.requirements));
    const asked = Array.from({ length: 171 - 120 + 1 }, (_, index) => `S-${120 + index}`).filter(
      // Risk levels and the form of the action table are the report's business.
      number => !["S-163", "S-164"].includes(number),
    );
    assert.deepEqual(
      asked.filter(number => !cited.has(number)),
      [],
    );
  });
});

describe("the peers' ids", () => {
  it("name rules that exist, in words that such tools use", () => {
    for (const [rule, named] of Object.entries(peers)) {
      assert.ok(
        rules.some(one => one.id === rule),
        rule,
      );
      for (const [peer, ids] of Object.entries(named)) {
        assert.ok(ids.length > 0 && new Set(ids).size === ids.length, `${rule} ${peer}`);
        if (peer === "checkov") for (const id of ids) assert.match(id, /^CKV2?_(K8S|AWS)_\d+$/);
      }
    }
  });

  it("are none for rules that no peer has: more than the 25 that were asked for", () =>
    assert.ok(rules.filter(rule => !peers[rule.id]).length >= 25));
});
