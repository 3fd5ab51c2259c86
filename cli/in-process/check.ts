import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sha256 } from "../../model/canonical";
import { encode } from "../../local/providers/wire";
import type { Finding, RuleResult } from "../../model/finding";
import type { Tier } from "../../model/tier";
import type { Waiver } from "../../model/waiver";
import { readWaivers, waiverFile } from "../../stacks/waivers";
import { today } from "../today";
import type { Verdict } from "../../model/verdict";
import { answerChallenges, sealType } from "../../policies/engine/seal";
import { countTypes, openSession } from "../../policies/engine/session";
import { judgedTier } from "../../policies/engine/target";
import { waiversInOrder } from "../../policies/rules/gate/waivers-in-order";
import { items } from "../../policies/items/catalogue";
import type { AnyRule } from "../../policies/engine/rule";
import { rules } from "../../policies/rules/catalogue";
import type { Contradiction } from "../../readiness/court/finding";
import type { Evidence } from "../../readiness/evidence/imported";
import type { Expected, Setting } from "../../readiness/evidence/judge";
import type { RunEvidence } from "../../readiness/evidence/run";
import type { ReplayInput } from "../../readiness/replay";
import { replayInput } from "../../readiness/replay";
import type { Basis } from "../../readiness/verdict";
import { computeVerdict } from "../../readiness/verdict";
import { changedSince } from "../changes";
import type { Project } from "../project";
import type { Manifest } from "./manifests";
import { readManifests } from "./manifests";
import { linesOf } from "./positions";
import { readState } from "./state-file";
import { root } from "../../local/state";
import type { Registered } from "./engine";

const bundleFile = path.join(root, "policies", "bin", "index.js");

/** What an in-process verdict always rests on. */
const noEngine = "no engine and no cluster took part: the program ran in-process, outputs are foreseen";

/** Read when a program is run: manifests need none of it. */
const runner = () => import("./run-program.js");

/** Judges what a program would register for a stack, without an engine, a cluster or credentials. */
export async function checkProgram(
  project: Project,
  stack: string,
  config: Record<string, unknown>,
  gathered?: Gathered,
): Promise<Verdict> {
  const tier = judgedTier(config[`${project.name}:tier`], "local");
  const pack = sha256(fs.readFileSync(bundleFile));
  const session = openSession({ project: project.name, stack, tier, phase: "preview" });
  const results: RuleResult[] = [];
  // A folder of its own: in the shared one a challenge of a real run may wait, and only the pack may answer that.
  const room = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-check-"));
  let registered: Registered[];
  try {
    registered = await (
      await runner()
    ).runProgram(project, stack, config, room, (urn, type, inputs) => {
      if (type === sealType) answerChallenges(room, stack, (inputs as { fingerprint: string }).fingerprint, pack);
      results.push(...session.onResource(urn, type, inputs));
    });
  } finally {
    fs.rmSync(room, { recursive: true, force: true });
  }
  // The engine would make a default provider of the stack's config; only what rules look at is told here.
  const target = Object.entries(config).filter(([key]) => /^kubernetes:(kubeconfig|context|cluster)$/.test(key));
  if (target.length > 0) {
    const props = Object.fromEntries(target.map(([key, value]) => [key.split(":")[1]!, value]));
    const urn = `urn:pulumi:${stack}::${project.name}::pulumi:providers:kubernetes::default`;
    results.push(...session.onResource(urn, "pulumi:providers:kubernetes", props));
  }
  results.push(
    ...session.onStack(
      registered.map(({ urn, type, outputs, protect, parent }) => ({
        urn,
        type,
        props: encode(outputs),
        protect,
        parent,
      })),
    ),
  );
  const evidence = runOf(session.subject, session.catalogue, pack, results, registered);
  const waivers = { list: readWaivers(waiverFile(project.stackDir, stack)), today: today() };
  const basis: Basis = {
    rules,
    items,
    source: "in-process",
    simulated: [noEngine],
    waivers,
    ...(gathered ? withEvidence(gathered, { stack, tier, dir: project.dir, holds: heldBy(registered) }) : {}),
  };
  gathered?.keep?.(replayInput(evidence, basis));
  return computeVerdict(evidence, basis);
}

/** What was gathered of a stack besides its resources. */
export interface Gathered {
  collected: Evidence;
  nowMs: number;
  register: readonly Expected[];
  contradictions: readonly Contradiction[];
  /** Called with all that the verdict is computed from. */
  keep?: (input: ReplayInput) => void;
}

const withEvidence = (
  { collected, nowMs, register, contradictions }: Gathered,
  { stack, tier, dir, holds }: { stack: string; tier: Tier; dir: string; holds: NonNullable<Setting["holds"]> },
) => ({
  evidence: { collected, setting: { stack, tier, nowMs, register, holds, changedSince: changedSince(dir) } },
  contradictions: contradictions.filter(one => one.severity === "high").length,
});

/** What evidence has to be about: every image by digest, and every objective. */
function heldBy(registered: readonly Registered[]): NonNullable<Setting["holds"]> {
  const text = JSON.stringify(registered.map(one => encode(one.outputs)));
  const images = new Set([...text.matchAll(/@(sha256:[0-9a-f]{64})/g)].map(([, digest]) => digest!));
  const rules = registered.filter(one => one.type.endsWith(":PrometheusRule"));
  const objectives = new Set(
    [...JSON.stringify(rules.map(one => encode(one.outputs))).matchAll(/"slo":"([^"]+)"/g)].map(([, slo]) => slo),
  );
  return { images: [...images].sort(), objectives: objectives.size };
}

/** What a program would register for a stack, judged by nobody. */
export async function registeredBy(
  project: Project,
  stack: string,
  config: Record<string, unknown>,
): Promise<Registered[]> {
  const pack = sha256(fs.readFileSync(bundleFile));
  const room = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-check-"));
  try {
    return await (
      await runner()
    ).runProgram(project, stack, config, room, (_urn, type, inputs) => {
      if (type === sealType) answerChallenges(room, stack, (inputs as { fingerprint: string }).fingerprint, pack);
    });
  } finally {
    fs.rmSync(room, { recursive: true, force: true });
  }
}

/** How objects that are no deployment are judged. */
export interface Asked {
  tier: Tier;
  asking: readonly AnyRule[];
  waivers: readonly Waiver[];
}

/** Judges manifests as they are; findings say where they stand. */
export function checkManifests(places: readonly string[], asked: Asked): Verdict {
  const manifests = readManifests(places);
  const stack = places.map(place => (place === "-" ? "stdin" : path.basename(path.resolve(place)))).join("+");
  const verdict = checkObjects(manifests, asked, { stack, project: "manifests", source: "manifests" });
  return { ...verdict, findings: placed(verdict.findings, manifests) };
}

/** Judges Kubernetes objects, wherever they come from. */
export function checkObjects(
  objects: readonly Manifest[],
  { tier, asking, waivers }: Asked,
  { stack, project, source }: { stack: string; project: string; source: "manifests" | "cluster" },
): Verdict {
  const session = openSession({ project, stack, tier, phase: "preview" }, asking);
  const results = objects.flatMap(({ urn, type, props }) => session.onResource(urn, type, props));
  results.push(...session.onStack([...objects]));
  const evidence = runOf(session.subject, session.catalogue, sha256(fs.readFileSync(bundleFile)), results, objects);
  const what = source === "cluster" ? "what a cluster holds" : "manifests";
  const simulated = [`${what}${source === "cluster" ? " was" : " were"} judged, not a deployment`];
  const basis = { rules: judging(asking, waivers), items, source, simulated };
  return computeVerdict(evidence, { ...basis, waivers: { list: waivers, today: today() } });
}

/** Findings with the file and line each is about. Only files with findings are read for their lines. */
function placed(findings: Finding[], manifests: Manifest[]): Finding[] {
  const byUrn = new Map(manifests.map(one => [one.urn, one]));
  const byFile = new Map<string, ReturnType<typeof linesOf>>();
  return findings.map(finding => {
    const manifest = byUrn.get(finding.urn);
    if (!manifest) return finding;
    const { file } = manifest;
    // Standard input is gone once it was read.
    if (file === "-") return { ...finding, file };
    if (!byFile.has(file)) byFile.set(file, linesOf(fs.readFileSync(file, "utf8")));
    const line = byFile.get(file)!(manifest, finding.path);
    return { ...finding, file, ...(line === undefined ? {} : { line }) };
  });
}

/** Judges an exported state: inputs one by one, outputs all together, as the engine would. */
export function checkState(file: string, { tier, asking, waivers }: Asked): Verdict {
  const { stack, project, resources } = readState(file);
  const session = openSession({ project, stack, tier, phase: "preview" }, asking);
  const results = resources.flatMap(({ urn, type, inputs }) => session.onResource(urn, type, inputs));
  results.push(
    ...session.onStack(
      resources.map(({ urn, type, outputs, protect, parent }) => ({ urn, type, props: outputs, protect, parent })),
    ),
  );
  const evidence = runOf(session.subject, session.catalogue, sha256(fs.readFileSync(bundleFile)), results, resources);
  const simulated = ["an exported state was judged, not a deployment"];
  const basis = { rules: judging(asking, waivers), items, source: "state" as const, simulated };
  return computeVerdict(evidence, { ...basis, waivers: { list: waivers, today: today() } });
}

/** Whatever rules are asked for, waivers are judged where they are given. */
const judging = (asking: readonly AnyRule[], waivers: readonly Waiver[]): readonly AnyRule[] =>
  waivers.length === 0 || asking.includes(waiversInOrder) ? asking : [...asking, waiversInOrder];

function runOf(
  subject: RunEvidence["subject"],
  catalogue: string,
  pack: string,
  results: RuleResult[],
  all: readonly { type: string }[],
): RunEvidence {
  return {
    subject,
    catalogue,
    pack,
    results,
    close: { resources: all.length, types: countTypes(all) },
    tampered: false,
  };
}
