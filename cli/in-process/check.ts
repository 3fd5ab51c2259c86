import * as fs from "node:fs";
import * as path from "node:path";
import { sha256 } from "../../model/canonical";
import { encode } from "../../local/providers/wire";
import type { RuleResult } from "../../model/finding";
import type { Tier } from "../../model/tier";
import type { Verdict } from "../../model/verdict";
import { evidenceDir } from "../../policies/engine/evidence-file";
import { answerChallenges, sealType } from "../../policies/engine/seal";
import { openSession } from "../../policies/engine/session";
import { judgedTier } from "../../policies/engine/target";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import type { RunEvidence } from "../../readiness/evidence/run";
import { computeVerdict } from "../../readiness/verdict";
import type { Project } from "../project";
import { readManifests } from "./manifests";
import { root } from "../../local/state";
import { runProgram } from "./run-program";

const bundleFile = path.join(root, "policies", "bin", "index.js");

/** What an in-process verdict always rests on. */
const noEngine = "no engine and no cluster took part: the program ran in-process, outputs are foreseen";

/** Judges what a program would register for a stack, without an engine, a cluster or credentials. */
export async function checkProgram(project: Project, stack: string, config: Record<string, unknown>): Promise<Verdict> {
  const tier = judgedTier(config[`${project.name}:tier`], "local");
  const pack = sha256(fs.readFileSync(bundleFile));
  const session = openSession({ project: project.name, stack, tier, phase: "preview" });
  const results: RuleResult[] = [];
  const registered = await runProgram(project, stack, config, (urn, type, inputs) => {
    if (type === sealType) {
      const { fingerprint } = inputs as { fingerprint: string };
      answerChallenges(evidenceDir(path.join(root, "policies")), stack, fingerprint, pack);
    }
    results.push(...session.onResource(urn, type, inputs));
  });
  // The engine would make a default provider of the stack's config; only what rules look at is told here.
  const target = Object.entries(config).filter(([key]) => /^kubernetes:(kubeconfig|context|cluster)$/.test(key));
  if (target.length > 0) {
    const props = Object.fromEntries(target.map(([key, value]) => [key.split(":")[1]!, value]));
    const urn = `urn:pulumi:${stack}::${project.name}::pulumi:providers:kubernetes::default`;
    results.push(...session.onResource(urn, "pulumi:providers:kubernetes", props));
  }
  results.push(...session.onStack(registered.map(({ urn, type, outputs }) => ({ urn, type, props: encode(outputs) }))));
  const evidence = runOf(session.subject, session.catalogue, pack, results, registered);
  return computeVerdict(evidence, { rules, items, source: "in-process", simulated: [noEngine] });
}

/** Judges manifests as they are. */
export function checkManifests(place: string, tier: Tier): Verdict {
  const manifests = readManifests(place);
  const session = openSession({
    project: "manifests",
    stack: path.basename(path.resolve(place)),
    tier,
    phase: "preview",
  });
  const results = manifests.flatMap(({ urn, type, props }) => session.onResource(urn, type, props));
  results.push(...session.onStack(manifests));
  const evidence = runOf(session.subject, session.catalogue, sha256(fs.readFileSync(bundleFile)), results, manifests);
  return computeVerdict(evidence, {
    rules,
    items,
    source: "manifests",
    simulated: ["manifests were judged, not a deployment"],
  });
}

function runOf(
  subject: RunEvidence["subject"],
  catalogue: string,
  pack: string,
  results: RuleResult[],
  all: { type: string }[],
): RunEvidence {
  const types: Record<string, number> = {};
  for (const { type } of all) types[type] = (types[type] ?? 0) + 1;
  return { subject, catalogue, pack, results, close: { resources: all.length, types }, tampered: false };
}
