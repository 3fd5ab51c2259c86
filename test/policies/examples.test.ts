import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import { worstOutcome } from "../../model/outcome";
import type { AnyRule } from "../../policies/engine/rule";
import { rules } from "../../policies/rules/catalogue";
import { judgeAll } from "../support/resources";

/** True for rules that look at other places than the containers. */
const looksElsewhere = ({ inspects, demand }: AnyRule): boolean =>
  ["object", "pod"].includes(inspects) || (demand?.clauses.every(one => one.of === "object") ?? false);

/**
 * Every message of every example, word for word: `{rule: {example: messages}}`. `UPDATE_MESSAGES=1` writes it anew; the
 * difference is read before it is committed.
 */
const file = path.join(root, "test", "fixtures", "messages.json");
type Messages = Record<string, Record<string, string[]>>;

const messagesOf = (rule: AnyRule): Record<string, string[]> =>
  Object.fromEntries(
    rule
      .examples()
      .map(({ name, want, given }) => [
        `${want}: ${name}`,
        judgeAll(rule, given, rule.judgedAt).flatMap(result => result.findings.map(finding => finding.message)),
      ]),
  );

describe("every message, word for word", () => {
  if (process.env.UPDATE_MESSAGES) {
    const all = Object.fromEntries(rules.map(rule => [rule.id, messagesOf(rule)]));
    fs.writeFileSync(file, `${JSON.stringify(all, null, 1)}\n`);
  }
  const wanted = JSON.parse(fs.readFileSync(file, "utf8")) as Messages;

  it("is on record for each rule and for no other", () =>
    assert.deepEqual(Object.keys(wanted).sort(), rules.map(rule => rule.id).sort()));

  for (const rule of rules) it(rule.id, () => assert.deepEqual(messagesOf(rule), wanted[rule.id]));
});

describe("every rule on its own examples", () => {
  for (const rule of rules) {
    describe(`${rule.id} ${rule.slug}`, () => {
      for (const example of rule.examples())
        it(`${example.want}: ${example.name}`, () => {
          const results = judgeAll(rule, example.given, rule.judgedAt);
          const applied = results.filter(result => result.state !== "not applicable");
          const outcome = applied.length > 0 ? worstOutcome(applied.map(result => result.state)) : "not applicable";
          const messages = results.flatMap(result => result.findings.map(finding => finding.message));
          assert.equal(outcome, example.want, messages.join("\n") || "nothing was found");
          if (example.want === "met")
            assert.ok(
              applied.some(result => result.inspected > 0),
              "it inspected nothing",
            );
          if (example.says)
            assert.ok(
              messages.some(message => message.includes(example.says!)),
              `"${example.says}" in:\n${messages.join("\n")}`,
            );
        });

      it("is seen met, not met, unverifiable and not applicable", () => {
        const wants = new Set(rule.examples().map(example => example.want));
        for (const want of ["met", "not met", "unverifiable", "not applicable"] as const)
          assert.ok(wants.has(want), `no example is ${want}`);
      });

      it("says nothing of a kind that is none of its business", () => {
        const unrelated = [{ type: "random:index/randomId:RandomId", name: "id", props: { byteLength: 8 } }];
        assert.deepEqual(judgeAll(rule, unrelated), []);
      });

      it("does not pass what it cannot read", () => {
        const given = [
          {
            type: "kubernetes:apps/v1:Deployment",
            name: "x",
            props: { metadata: { name: "x", namespace: "shop" }, spec: { template: { spec: { containers: "none" } } } },
          },
        ];
        for (const { state, inspected } of judgeAll(rule, given))
          assert.ok(state !== "met" || inspected === 0 || looksElsewhere(rule), state);
      });
    });
  }
});
