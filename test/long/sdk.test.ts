import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import type { AnyRule, Example } from "../../policies/engine/rule";
import { rules } from "../../policies/rules/catalogue";
import { temporary } from "../support/local-stack";
import { Pack } from "../support/pack";

/** Whether a rule must stop the run for an example. */
const isStopped = ({ want }: Example) => want === "not met" || want === "unverifiable";

describe("every example through the SDK's server", function () {
  this.timeout(120_000);

  /** Rules that look at one resource need no end of a run: one pack answers for all of them. */
  let shared: Pack;
  let dir: string;
  before(async () => {
    dir = temporary();
    shared = await Pack.start(dir);
  });
  after(() => {
    shared?.stop();
    fs.rmSync(dir, { recursive: true, force: true });
  });

  // The tier is the run's own, and a run without a target is production's.
  for (const rule of rules.filter(one => (one.judgedAt ?? "production") === "production"))
    it(`${rule.id}: ${rule.examples().length} examples`, async () => {
      if (rule.scope === "resource") {
        for (const example of rule.examples()) compare(rule, example, await shared.judgeEach(example.given));
        return;
      }
      // Two at a time: each has a pack of its own.
      const left = rule.examples();
      const worker = async () => {
        for (let example = left.shift(); example; example = left.shift())
          compare(rule, example, await judgedAlone(example));
      };
      await Promise.all([worker(), worker()]);
    });

  async function judgedAlone(example: Example): Promise<proto.AnalyzeDiagnostic[]> {
    const own = temporary();
    const pack = await Pack.start(own);
    try {
      return await pack.judge(example.given);
    } finally {
      pack.stop();
      fs.rmSync(own, { recursive: true, force: true });
    }
  }

  function compare(rule: AnyRule, example: Example, all: proto.AnalyzeDiagnostic[]): void {
    const own = all.filter(one => one.getPolicyname() === `${rule.id.toLowerCase()}-${rule.slug}`);
    const messages = own.map(one => one.getMessage()).join("\n");
    assert.equal(own.length > 0, isStopped(example), `${example.name}: ${messages || "nothing was said"}`);
    for (const one of own) assert.equal(one.getEnforcementlevel(), proto.EnforcementLevel.MANDATORY);
    if (isStopped(example) && example.says) assert.ok(messages.includes(example.says), messages);
  }
});
