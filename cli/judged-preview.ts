import * as fs from "node:fs";
import * as path from "node:path";
import { policiesDir } from "../local/environment";
import { root } from "../local/state";
import { sha256 } from "../model/canonical";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import type { Verdict } from "../model/verdict";
import { evidenceDir, stackDir } from "../policies/engine/evidence-file";
import { catalogueDigest } from "../policies/engine/judge";
import { readJson } from "../policies/engine/seal";
import type { PackLock } from "../policies/guard";
import { items } from "../policies/items/catalogue";
import { programDigest } from "../policies/program";
import { rules } from "../policies/rules/catalogue";
import { readRunEvidence } from "../readiness/evidence/run";
import { replayInput } from "../readiness/replay";
import type { Basis } from "../readiness/verdict";
import { computeVerdict } from "../readiness/verdict";
import { waiverFile } from "../stacks/waivers";
import { cleanCommit } from "./commit";
import type { Gathered } from "./gathered";
import { withEvidence } from "./gathered";
import type { History, Owed } from "./history";
import type { PlannedManifest } from "./planned-manifest";
import type { Project } from "./project";
import { waiversOf } from "./signed-waivers";

/** What a preview by the engine left, so that it can be judged again with the evidence that is there later. */
export interface KeptPreview {
  schema: "greenlight.preview/1";
  /** File of the run, beside this one, and its SHA-256. */
  run: string;
  sha256: string;
  at: string;
  /** The commit it was made at; absent where the checkout was changed. */
  commit?: string;
  /** The compiled program. */
  program: string;
  /** What stood in for a real part. */
  simulated: string[];
  /** When the stack was deployed first, by the engine's history; null where it never was, absent where it was not asked. */
  deployed?: string | null;
  /** Overrides whose reviews are owed. */
  owed?: readonly Owed[];
  /** What it would do. */
  planned?: PlannedManifest;
}

/** How long a preview may be judged again, in hours: the world it looked at goes on. */
const keptHours = 24;

const folderOf = (stack: string): string => stackDir(evidenceDir(policiesDir), stack);
const recordOf = (stack: string): string => path.join(folderOf(stack), "preview.json");

/** Keeps what a preview left; the last one of a stack counts. */
export function keepPreview(
  stack: string,
  run: string,
  simulated: string[],
  planned: PlannedManifest,
  past?: Pick<History, "deployedMs" | "owed">,
): void {
  const commit = cleanCommit();
  const kept: KeptPreview = {
    schema: "greenlight.preview/1",
    run,
    sha256: sha256(fs.readFileSync(path.join(folderOf(stack), run))),
    at: new Date().toISOString(),
    ...(commit === undefined ? {} : { commit }),
    program: programDigest(root),
    ...{ simulated, planned },
    ...(past
      ? { deployed: past.deployedMs === null ? null : new Date(past.deployedMs).toISOString(), owed: past.owed }
      : {}),
  };
  fs.writeFileSync(recordOf(stack), `${JSON.stringify(kept, null, 1)}\n`);
}

/** The last preview of a stack, if there is one. */
export const keptPreview = (stack: string): KeptPreview | undefined => readJson<KeptPreview>(recordOf(stack));

/** Judges a preview's run with the stack's waivers and, where it was gathered, its evidence. */
export function judgePreview(
  project: Project,
  stack: string,
  { run, simulated }: Pick<KeptPreview, "run" | "simulated">,
  gathered?: Gathered,
  overridden?: Verdict["overridden"],
): Verdict {
  const evidence = readRunEvidence(path.join(folderOf(stack), run));
  const lock = readJson<PackLock>(path.join(policiesDir, "pack.lock"));
  const { tier } = evidence.subject;
  const basis: Basis = {
    ...{ rules, items, source: "preview", simulated },
    expected: { catalogue: catalogueDigest(rules, items), pack: lock?.bundle ?? "" },
    waivers: waiversOf(waiverFile(project.stackDir, stack), { project: project.name, stack }),
    ...(overridden ? { overridden } : {}),
    ...(gathered ? withEvidence(gathered, { stack, tier, dir: project.dir, held: evidence.close?.held }) : {}),
  };
  gathered?.keep?.(replayInput(evidence, basis));
  return computeVerdict(evidence, basis);
}

/** Judges the last preview of a stack again, if it still speaks of this checkout. */
export function judgeKept(project: Project, stack: string, gathered: Gathered): Verdict {
  const kept = keptPreview(stack);
  const again = `\`greenlight preview --stack ${stack}\` makes one.`;
  if (!kept) throw fail(`stack ${stack}`, "never previewed", "a preview by the engine", again, exitCodes.usage);
  const file = path.join(folderOf(stack), kept.run);
  if (!fs.existsSync(file) || sha256(fs.readFileSync(file)) !== kept.sha256)
    throw fail(file, "not what the preview left", "the file as it was", again, exitCodes.TAMPERED);
  if (kept.program !== programDigest(root))
    throw fail(`the preview of ${kept.at}`, "of another program", "one of this program", again, exitCodes.usage);
  if (gathered.nowMs - Date.parse(kept.at) > keptHours * 3_600_000)
    throw fail(`the preview of ${kept.at}`, "old", `one of the last ${keptHours} hours`, again, exitCodes.usage);
  const { deployed, owed = [] } = kept;
  const since = deployed === undefined ? {} : { deployedMs: deployed === null ? null : Date.parse(deployed), owed };
  return judgePreview(project, stack, kept, { ...gathered, ...since });
}
