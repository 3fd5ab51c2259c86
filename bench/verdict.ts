import * as fs from "node:fs";
import { writeDecision } from "../cli/decide";
import type { RuleResult } from "../model/finding";
import { items } from "../policies/items/catalogue";
import { rules } from "../policies/rules/catalogue";
import { blockersOf } from "../readiness/blockers";
import { holdCourt } from "../readiness/court/court";
import { readDocument, readSources } from "../readiness/documents/read";
import { collectEvidence } from "../readiness/evidence/collect";
import { replayInput } from "../readiness/replay";
import { writeInto } from "../readiness/report/write";
import type { Basis } from "../readiness/verdict";
import { computeVerdict } from "../readiness/verdict";
import { adaKey, ciKey, moment, register, soundFiles, writeSet } from "../test/support/evidence";
import { temporary } from "../test/support/local-stack";

const rounds = 5;
const resources = 1_000;

/** One rule in eight finds something on one resource in ten: blockers, risks, a road to GO and findings are there to be written. */
const resultsOf = () =>
  rules.flatMap((rule, at) =>
    Array.from({ length: Math.ceil(resources / 10) }, (_, n): RuleResult => {
      const base = { rule: rule.id, urn: `urn:${n}`, inspected: 1 };
      if (at % 8 !== 0 || n % 10 !== 0) return { ...base, state: "met", findings: [] };
      const { severity, fix } = rule;
      const finding = { ...base, state: "not met" as const, severity, resource: `Deployment shop/web-${n}`, fix };
      const text = { path: "spec.replicas", found: "1", needed: "3", message: "it is 1; need 3" };
      return { ...base, state: "not met", findings: [{ ...finding, ...text }] };
    }),
  );

/**
 * What judging costs: 200 and 2,000 files of evidence, the results of 1,000 resources, the court, and every file that `greenlight report`
 * writes: the page with its charts and what it takes to compute it again, OSCAL, SARIF, and all the rest.
 */
export async function benchVerdict(): Promise<void> {
  const medians: number[] = [];
  console.log("\nVerdict, court and all reports of 1,000 resources, min / median / max of five");
  for (const count of [200, 2_000]) {
    const dir = temporary();
    const out = temporary();
    const sound = Object.entries(soundFiles());
    const files = Array.from({ length: count }, (_, n) => sound[n % sound.length]!);
    writeSet(dir, Object.fromEntries(files.map(([name, content], n) => [`${n}-${name}`, content])));
    const results = resultsOf();
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      const contradictions = holdCourt(readSources([dir]).map(readDocument));
      const run = {
        subject: { project: "shop", stack: "production", tier: "production" as const, phase: "preview" as const },
        ...{ catalogue: "c", pack: "k", results, close: { resources, types: {} }, tampered: false },
      };
      const basis: Basis = {
        ...{ rules, items, source: "preview", simulated: [] },
        evidence: {
          collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
          setting: { stack: "production", tier: "production", nowMs: moment, register },
        },
      };
      const verdict = computeVerdict(run, basis);
      const decision = { verdict, blockers: blockersOf(verdict, register), contradictions };
      writeInto(out, verdict, rules);
      await writeDecision(out, { ...decision, input: replayInput(run, basis) });
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
