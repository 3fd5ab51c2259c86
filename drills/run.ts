import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { canonicalJson, sha256 } from "../model/canonical";
import type { Evidence } from "../model/evidence";
import type { Clock, Measured, Observation, Step } from "./course";
import { Course, RepairFailed, systemClock } from "./course";
import type { Drill, Programs, Result, Settings } from "./drill";
import { needed } from "./drill";
import { Servers } from "./servers";

/** What a drill came to, with all it rests on. */
export interface DrillReport {
  schema: "greenlight.drill/1";
  drill: string;
  title: string;
  requirements: string[];
  result: Result;
  /** Why it is not passed; nothing where it is. */
  reasons: string[];
  stack: string;
  /** This machine's processes, whose showings are rehearsed (decision 15), or the stack's own cluster. */
  target: "processes" | "cluster";
  /** Digests of the images that ran, in a cluster. */
  images?: string[];
  nonce: string;
  started: string;
  ended: string;
  tookMs: number;
  host: { system: string; release: string; cpus: number; memoryMiB: number };
  engines: Record<string, string>;
  /** SHA-256 of the component's spec that was exercised. */
  config: string;
  /** Stores that it restored, as `namespace/name`. */
  stores: string[];
  steps: Step[];
  moments: { name: string; atMs: number }[];
  proofs: Observation[];
  checks: Observation[];
  measured: Measured[];
  sabotage?: string;
}

export interface RunOptions {
  programs: Programs;
  settings: Settings;
  nonce: string;
  /** Nonces of earlier drills: old results must not pass as new ones. */
  used: readonly string[];
  say: (text: string) => void;
  sabotage?: string | undefined;
  clock?: Clock;
  /** Called with the drill's processes, so that an interrupted command can end them. */
  onServers?: (servers: Servers) => void;
  /** Leaves the drill's folder, to be looked at. */
  keep?: boolean;
}

/** How far the wall's clock may run apart from the one that only goes forward, in milliseconds. */
const apartMs = 5_000;

/** Runs a drill in a folder of its own and judges it; nothing is left running, whatever happens. */
export async function runDrill(drill: Drill, options: RunOptions): Promise<DrillReport> {
  // Sockets' names may not be long.
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "gl-drill-"));
  const servers = new Servers(dir);
  options.onServers?.(servers);
  const course = new Course(options.clock ?? systemClock, options.say);
  const { settings, nonce, sabotage } = options;
  let engines: Record<string, string> = {};
  let broken: string | undefined;
  try {
    ({ engines } = await drill.run({ dir, programs: options.programs, servers, course, nonce, sabotage }, settings));
  } catch (error) {
    if (error instanceof RepairFailed) course.check("the repair worked", false, error.message);
    else broken = (error as Error).message;
  } finally {
    await servers.stopAll();
    if (!options.keep) fs.rmSync(dir, { recursive: true, force: true });
  }
  return reportOf(drill, course, settings, {
    target: "processes",
    engines,
    broken,
    nonce,
    used: options.used,
    sabotage,
  });
}

interface Ended {
  target: DrillReport["target"];
  engines: Record<string, string>;
  images?: string[];
  /** Why it broke off, where it did. */
  broken: string | undefined;
  nonce: string;
  used: readonly string[];
  sabotage: string | undefined;
}

/** Judges a drill that has ended, wherever it took place, and tells of it. */
export function reportOf(
  drill: Pick<Drill, "id" | "title" | "kind" | "requirements" | "steps" | "store">,
  course: Course,
  settings: Settings,
  { target, engines, images, broken, nonce, used, sabotage }: Ended,
): DrillReport {
  const endedWallMs = course.clock.wallMs();
  const { result, reasons } = judge(drill, course, { broken, nonce, used, endedWallMs });
  return {
    schema: "greenlight.drill/1",
    ...{ drill: drill.id, title: drill.title, requirements: drill.requirements, result, reasons },
    ...{ stack: settings.stack, target, nonce },
    ...(images ? { images } : {}),
    started: new Date(course.startedWallMs).toISOString(),
    ended: new Date(endedWallMs).toISOString(),
    tookMs: Math.round(course.now()),
    host: {
      system: os.platform(),
      release: os.release(),
      cpus: os.cpus().length,
      memoryMiB: Math.round(os.totalmem() / 1_048_576),
    },
    engines,
    config: sha256(canonicalJson(needed(settings, drill.store).spec)),
    stores: drill.kind === "restore drill" ? storesOf(drill, settings) : [],
    ...{ steps: course.steps, moments: course.moments, proofs: course.proofs, checks: course.checks },
    measured: course.measured,
    ...(sabotage === undefined ? {} : { sabotage }),
  };
}

/** The store that a drill is of, as backups and rules name it. */
function storesOf(drill: Pick<Drill, "store">, settings: Settings): string[] {
  const { namespace, name } = needed(settings, drill.store).args as { namespace?: string; name?: string };
  return name === undefined ? [] : [`${namespace ?? "default"}/${name}`];
}

/** Invalid before failed: a drill that was none says nothing of what it was about. */
function judge(
  drill: Pick<Drill, "steps">,
  course: Course,
  {
    broken,
    nonce,
    used,
    endedWallMs,
  }: { broken: string | undefined; nonce: string; used: readonly string[]; endedWallMs: number },
): { result: Result; reasons: string[] } {
  const repair = course.checks.filter(one => !one.holds);
  const skipped = drill.steps.filter(name => !course.steps.some(step => step.name === name));
  const wallMs = endedWallMs - course.startedWallMs;
  const invalid = [
    ...(broken === undefined ? [] : [`it broke off: ${broken}`]),
    ...(used.includes(nonce) ? [`its nonce ${nonce} was used before`] : []),
    ...(Math.abs(wallMs - course.now()) > apartMs ? ["the wall's clock was set while it ran"] : []),
    ...course.proofs.filter(one => !one.holds).map(one => `not so: ${one.claim} (${one.seen})`),
    // After a repair that failed there is nothing to compare.
    ...(repair.some(one => one.claim === "the repair worked") ? [] : skipped.map(name => `not done: ${name}`)),
    ...(course.proofs.length === 0 ? ["nothing shows that the fault bit"] : []),
  ];
  if (invalid.length > 0) return { result: "invalid", reasons: invalid };
  if (repair.length > 0) return { result: "failed", reasons: repair.map(one => `not so: ${one.claim} (${one.seen})`) };
  return course.checks.length > 0
    ? { result: "passed", reasons: [] }
    : { result: "invalid", reasons: ["nothing was checked"] };
}

/** The drill as evidence: what an invalid one says is nothing, so it states no success. */
export function evidenceOf(drill: Pick<Drill, "kind">, report: DrillReport): Evidence {
  const facts = report.result === "invalid" ? [] : report.measured;
  return {
    schema: "greenlight.evidence/1",
    kind: drill.kind,
    subject: {
      stack: report.stack,
      what: report.drill,
      ...(report.stores.length > 0 ? { stores: report.stores } : {}),
    },
    environment: { name: report.stack, kind: report.target },
    started: report.started,
    ended: report.ended,
    engines: report.engines,
    config: report.config,
    nonce: report.nonce,
    facts: [
      ...(report.result === "invalid"
        ? []
        : [{ name: "succeeded", value: report.result === "passed", samples: report.checks.length }]),
      ...facts,
    ],
  };
}
