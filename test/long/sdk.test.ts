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

  // The tier is the run's own, and a run without a target is production's.
  for (const rule of rules.filter(one => (one.judgedAt ?? "production") === "production"))
    it(`${rule.id}: ${rule.examples.length} examples`, async () => {
      // Two at a time: each has a pack of its own.
      const left = [...rule.examples];
      const worker = async () => {
        for (let example = left.shift(); example; example = left.shift()) await tried(rule, example);
      };
      await Promise.all([worker(), worker()]);
    });

  async function tried(rule: AnyRule, example: Example): Promise<void> {
    const dir = temporary();
    const pack = await Pack.start(dir);
    try {
      const all = await pack.judge(example.given);
      const own = all.filter(one => one.getPolicyname() === `${rule.id.toLowerCase()}-${rule.slug}`);
      const messages = own.map(one => one.getMessage()).join("\n");
      assert.equal(own.length > 0, isStopped(example), `${example.name}: ${messages || "nothing was said"}`);
      for (const one of own) assert.equal(one.getEnforcementlevel(), proto.EnforcementLevel.MANDATORY);
      if (isStopped(example) && example.says) assert.ok(messages.includes(example.says), messages);
    } finally {
      pack.stop();
      fs.rmSync(dir, { recursive: true, force: true });
    }
  }
});
