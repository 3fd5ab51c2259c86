import * as fs from "node:fs";
import * as path from "node:path";
import type { Outcome } from "../model/outcome";
import { items } from "../policies/items/catalogue";
import { rules } from "../policies/rules/catalogue";
import { blockersOf } from "../readiness/blockers";
import { holdCourt } from "../readiness/court/court";
import { readDocument, readSources } from "../readiness/documents/read";
import { collectEvidence } from "../readiness/evidence/collect";
import { blockersMarkdown, decisionMarkdown, summaryMarkdown } from "../readiness/report/decision";
import { writeInto } from "../readiness/report/write";
import { computeVerdict } from "../readiness/verdict";
import { adaKey, ciKey, moment, register, soundFiles, writeSet } from "../test/support/evidence";
import { temporary } from "../test/support/local-stack";

const rounds = 5;
const resources = 1_000;

/** What judging costs: 200 and 2,000 files of evidence, the results of 1,000 resources, the court, and every report. */
export function benchVerdict(): void {
  const medians: number[] = [];
  console.log("\nVerdict, court and all reports of 1,000 resources, min / median / max of five");
  for (const count of [200, 2_000]) {
    const dir = temporary();
    const out = temporary();
    const sound = Object.entries(soundFiles());
    const files = Array.from({ length: count }, (_, n) => sound[n % sound.length]!);
    writeSet(dir, Object.fromEntries(files.map(([name, content], n) => [`${n}-${name}`, content])));
    const results = rules.flatMap(rule =>
      Array.from({ length: Math.ceil(resources / 10) }, (_, n) => ({
        ...{ rule: rule.id, urn: `urn:${n}`, state: "met" as Outcome, inspected: 1, findings: [] },
      })),
    );
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      const contradictions = holdCourt(readSources([dir]).map(readDocument));
      const verdict = computeVerdict(
        {
          subject: { project: "shop", stack: "production", tier: "production", phase: "preview" },
          ...{ catalogue: "c", pack: "k", results, close: { resources, types: {} }, tampered: false },
        },
        {
          ...{ rules, items, source: "preview", simulated: [] },
          evidence: {
            collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
            setting: { stack: "production", tier: "production", nowMs: moment, register },
          },
        },
      );
      const decision = { verdict, blockers: blockersOf(verdict, register), contradictions };
      writeInto(out, verdict, rules);
      for (const write of [blockersMarkdown, decisionMarkdown, summaryMarkdown])
        fs.writeFileSync(path.join(out, `${write.name}.md`), write(decision));
      times.push((performance.now() - started) / 1_000);
    }
    for (const one of [dir, out]) fs.rmSync(one, { recursive: true, force: true });
    times.sort((a, b) => a - b);
    const median = times[Math.floor(rounds / 2)]!;
    medians.push(median);
    const memory = Math.round(process.memoryUsage.rss() / 1024 / 1024);
    console.log(
      `${String(count).padStart(5)} files  ${times[0]!.toFixed(2)} / ${median.toFixed(2)} / ${times.at(-1)!.toFixed(2)} s  ${memory} MiB`,
    );
  }
  console.log(`ten times the evidence takes ${(medians[1]! / medians[0]!).toFixed(1)}x as long`);
}
