import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../local/state";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import { scaledP95 } from "../model/job-peak";
import type { Tier } from "../model/tier";
import type { Held } from "../policies/engine/held";
import type { Contradiction } from "../readiness/court/finding";
import { holdCourt } from "../readiness/court/court";
import { readDocument, readSources } from "../readiness/documents/read";
import { collectEvidence } from "../readiness/evidence/collect";
import type { Evidence } from "../readiness/evidence/imported";
import type { ReleaseLane } from "../readiness/evidence/lanes";
import { lanesOf } from "../readiness/evidence/lanes";
import type { Expected } from "../readiness/evidence/setting";
import type { ReplayInput } from "../readiness/replay";
import type { Basis } from "../readiness/verdict";
import type { Register } from "../stacks/evidence";
import { readRegister, registerFile } from "../stacks/evidence";
import { readExpectedLoad } from "../stacks/expected-load";
import { ownConfig, readStackFile } from "../stacks/files";
import { specDigest, stagingOf } from "../stacks/spec";
import { changedSince } from "./changes";
import { declaredWorker } from "./declared-worker";
import type { Owed } from "./history";
import type { Project } from "./project";
import { trustedKeys } from "./trust";

/** What was gathered of a stack besides its resources. */
export interface Gathered {
  collected: Evidence;
  nowMs: number;
  register: readonly Expected[];
  contradictions: readonly Contradiction[];
  /** Releases whose records lie among the evidence. */
  lanes: readonly ReleaseLane[];
  /** When the stack was deployed first; null where it never was, absent where no engine was asked. */
  deployedMs?: number | null;
  /** Overrides whose reviews are owed, where the backend was asked. */
  owed?: readonly Owed[];
  /** The stack in which changes are tried first, and what this one is but for sizes. */
  staging?: { stack: string; spec: string };
  /** What the declared workers can do at best for the declared peak of jobs, in milliseconds, by a model. */
  provableJobMs?: number;
  /** Called with all that the verdict is computed from. */
  keep?: (input: ReplayInput) => void;
}

/** Where a stack's evidence lies unless somebody names another folder. */
export const gatheredDir = (stack: string): string => path.join(root, "evidence", stack, "gathered");

/** Reads a stack's evidence and register, and holds court over it. */
export function gather(
  project: Project,
  stack: string,
  options: { evidence?: string | undefined; at?: string | undefined; deployedMs?: number | null | undefined },
): Gathered & { owners: Register } {
  const folder = options.evidence ?? gatheredDir(stack);
  // Nothing gathered yet is no error of whoever asks: the verdict names all that is missing.
  const isEmpty = options.evidence === undefined && !fs.existsSync(folder);
  const { config } = readStackFile(project.stackDir, stack);
  const staging = stagingOf(stack);
  const collected: Evidence = isEmpty
    ? { imported: [], attestations: [], unknown: [] }
    : collectEvidence(folder, trustedKeys());
  const sources = isEmpty ? [] : readSources([folder]);
  const owners = readRegister(registerFile(project.stackDir, stack));
  return {
    collected,
    nowMs: options.at === undefined ? Date.now() : momentOf(options.at, "--at"),
    register: owners.evidence,
    ...(options.deployedMs === undefined ? {} : { deployedMs: options.deployedMs }),
    ...(staging ? { staging: { stack: staging, spec: specDigest(ownConfig(config, project.name)) } } : {}),
    contradictions: holdCourt(sources.map(readDocument)),
    lanes: lanesOf(sources),
    ...provableJobs(project, stack, config),
    owners,
  };
}

/** What the model of waiting jobs says of a stack that declares a peak of them and who takes them; nothing where the line only grows. */
function provableJobs(project: Project, stack: string, config: Record<string, unknown>): { provableJobMs?: number } {
  const jobs = readExpectedLoad(project.stackDir, stack)?.jobs;
  const worker = declaredWorker(ownConfig(config, project.name));
  if (!jobs || !worker) return {};
  const { perMinute, seconds, atOnce } = jobs;
  const p95 = scaledP95({ perSecond: perMinute.launch / 60, seconds }, { atOnce, ...worker });
  // A day stands for a line that never ends: longer than any limit, and a number.
  return { provableJobMs: Math.min(p95, 86_400) * 1_000 };
}

/** The part of a verdict's basis that evidence makes up. */
export const withEvidence = (
  { collected, nowMs, register, contradictions, deployedMs, owed, staging, provableJobMs }: Gathered,
  { stack, tier, dir, held }: { stack: string; tier: Tier; dir: string; held: Held | undefined },
): Pick<Basis, "evidence" | "contradictions"> => ({
  evidence: {
    collected,
    setting: {
      ...{ stack, tier, nowMs, register },
      ...(held ? { holds: held } : {}),
      ...(deployedMs === undefined ? {} : { deployedMs }),
      ...(owed ? { owed } : {}),
      ...(staging ? { staging } : {}),
      ...(provableJobMs === undefined ? {} : { provableJobMs }),
      changedSince: changedSince(dir),
    },
  },
  contradictions: contradictions.filter(one => one.severity === "high").length,
});

/** A moment that somebody gave by a flag, in milliseconds since 1970. */
export function momentOf(text: string, flag: string): number {
  const ms = /(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms))
    throw fail(flag, `"${text}"`, "a time with its zone, such as 2026-11-25T12:00:00Z", undefined, exitCodes.usage);
  return ms;
}
