import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sha256 } from "../../model/canonical";
import { encode } from "../../local/providers/wire";
import type { Finding, RuleResult } from "../../model/finding";
import type { Tier } from "../../model/tier";
import type { Waiver } from "../../model/waiver";
import { waiverFile } from "../../stacks/waivers";
import { waiversOf } from "../signed-waivers";
import { today } from "../today";
import type { Verdict } from "../../model/verdict";
import { answerChallenges, sealType } from "../../policies/engine/seal";
import type { Held } from "../../policies/engine/held";
import { heldBy } from "../../policies/engine/held";
import { countTypes, openSession } from "../../policies/engine/session";
import { judgedTier } from "../../policies/engine/target";
import { waiversInOrder } from "../../policies/rules/gate/waivers-in-order";
import { items } from "../../policies/items/catalogue";
import type { AnyRule } from "../../policies/engine/rule";
import { rules } from "../../policies/rules/catalogue";
import type { RunEvidence } from "../../readiness/evidence/run";
import { replayInput } from "../../readiness/replay";
import type { Basis } from "../../readiness/verdict";
import { computeVerdict } from "../../readiness/verdict";
import type { Gathered } from "../gathered";
import { withEvidence } from "../gathered";
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
  for (const [urn, type, props] of defaultProviders(project.name, stack, config, registered))
    results.push(...session.onResource(urn, type, props));
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
  const held = gathered && heldBy(registered.map(({ type, outputs }) => ({ type, props: encode(outputs) })));
  const evidence = runOf(session.subject, session.catalogue, pack, results, registered, held);
  const waivers = waiversOf(waiverFile(project.stackDir, stack), { project: project.name, stack });
  const basis: Basis = {
    rules,
    items,
    source: "in-process",
    simulated: [noEngine],
    waivers,
    ...(gathered ? withEvidence(gathered, { stack, tier, dir: project.dir, held }) : {}),
  };
  gathered?.keep?.(replayInput(evidence, basis));
  return computeVerdict(evidence, basis);
}

/** The default providers that the engine would make of the stack's config, with what rules look at. */
function defaultProviders(
  project: string,
  stack: string,
  config: Record<string, unknown>,
  registered: readonly Registered[],
): [urn: string, type: string, props: Record<string, unknown>][] {
  const made = (provider: string, keys: RegExp): [string, string, Record<string, unknown>] => {
    const set = Object.entries(config).filter(([key]) => keys.test(key));
    const type = `pulumi:providers:${provider}`;
    const props = Object.fromEntries(set.map(([key, value]) => [key.split(":")[1]!, value]));
    return [`urn:pulumi:${stack}::${project}::${type}::default`, type, props];
  };
  const kubernetes = made("kubernetes", /^kubernetes:(kubeconfig|context|cluster)$/);
  const isOnAws = registered.some(one => one.type.startsWith("aws:"));
  return [
    ...(Object.keys(kubernetes[2]).length > 0 ? [kubernetes] : []),
    ...(isOnAws ? [made("aws", /^aws:allowedAccountIds$/)] : []),
  ];
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

/**
 * Judges manifests as they are; findings say where they stand.
 * @param lines how many findings say their line too, from the first on; for that a file has to be read again
 */
export function checkManifests(places: readonly string[], asked: Asked, lines: number = Infinity): Verdict {
  const manifests = readManifests(places);
  const stack = places.map(place => (place === "-" ? "stdin" : path.basename(path.resolve(place)))).join("+");
  const verdict = checkObjects(manifests, asked, { stack, project: "manifests", source: "manifests" });
  return { ...verdict, findings: placed(verdict.findings, manifests, lines) };
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
function placed(findings: Finding[], manifests: Manifest[], lines: number): Finding[] {
  const byUrn = new Map(manifests.map(one => [one.urn, one]));
  const byFile = new Map<string, ReturnType<typeof linesOf>>();
  return findings.map((finding, index) => {
    const manifest = byUrn.get(finding.urn);
    if (!manifest) return finding;
    const { file } = manifest;
    // Standard input is gone once it was read.
    if (file === "-" || index >= lines) return { ...finding, file };
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
  held?: Held,
): RunEvidence {
  return {
    subject,
    catalogue,
    pack,
    results,
    close: { resources: all.length, types: countTypes(all), ...(held ? { held } : {}) },
    tampered: false,
  };
}
