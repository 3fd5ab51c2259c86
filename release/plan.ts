import type { VerdictWord } from "../model/outcome";
import { verdictOf, worstOutcome } from "../model/outcome";
import type { Identity } from "./identity";
import { filesAt, identify } from "./identity";
import type { Check } from "./plan-checks";
import {
  aboutApproval,
  aboutBudget,
  aboutGates,
  aboutMigrations,
  aboutPeople,
  aboutPrevious,
  aboutStages,
  aboutTag,
} from "./plan-checks";
import type { MigrationCheck } from "./migrations";
import { checkMigrations } from "./migrations";
import type { ReleaseSettings, Settings } from "./settings";
import { insideOf } from "./settings";
import type { Limits } from "./triggers";
import { strictest } from "./triggers";

/** What is to be released, whether it may, and how it will go. */
export interface Plan {
  schema: "greenlight.release-plan/1";
  verdict: VerdictWord;
  service: string;
  version: string;
  previous: string | undefined;
  identity: Identity;
  phases: { id: string; title: string }[];
  checks: Check[];
  migrations: MigrationCheck;
  limits: Limits;
  stages: { name: string; percent: number; minutes: number }[];
  minutes: number;
  /** Names of the steps, in order. */
  steps: string[];
}

/** S-077, S-078. */
export const documentedStages = [
  { name: "canary", percent: 5, minutes: 10 },
  { name: "quarter", percent: 25, minutes: 15 },
  { name: "half", percent: 50, minutes: 20 },
  { name: "full", percent: 100, minutes: 30 },
] as const;

/** Looks at everything that can be known before anything is deployed. */
export async function planRelease(
  repository: string,
  settings: Settings & { release: ReleaseSettings },
  version: string,
  nowMs: number,
): Promise<Plan> {
  const { release } = settings;
  const identity = identify(repository, version, release.tag, release.branch);
  const previous = identity.earlier.at(-1);
  const stages = release.stages ?? documentedStages.map(one => ({ ...one }));
  const limits = strictest(release.triggers ?? []);
  const folder = release.migrations;
  const migrations: MigrationCheck =
    folder === undefined
      ? { migrations: [], findings: [] }
      : await checkMigrations(
          insideOf(repository, folder, "release.migrations"),
          previous === undefined ? new Map() : filesAt(repository, previous, folder),
          identity.earlier,
        );
  const checks = [
    ...aboutTag(identity, release),
    await aboutPrevious(repository, identity, release, previous),
    aboutMigrations(folder, migrations),
    aboutApproval(repository, identity, release),
    aboutBudget(repository, release, nowMs),
    aboutStages(stages),
    ...aboutPeople(repository, release),
    aboutGates(settings),
  ];
  return {
    schema: "greenlight.release-plan/1",
    verdict: verdictOf(worstOutcome(checks.map(one => one.state))),
    ...{
      service: release.service,
      version,
      previous,
      identity,
      phases: release.phases,
      checks,
      migrations,
      limits,
      stages,
    },
    minutes: stages.reduce((sum, one) => sum + one.minutes, 0),
    steps: stepsOf(settings, stages),
  };
}

/** The steps of a release, in order. Their names are what the journal holds. */
export function stepsOf(settings: Settings, stages: Plan["stages"]): string[] {
  return [
    "gate: scan",
    ...(settings.builds ? ["gate: builds"] : []),
    ...(settings.api ? ["gate: api"] : []),
    "deploy",
    ...stages.flatMap(({ percent }) => [`shift to ${percent} %`, `watch ${percent} %`]),
    ...(settings.release?.commands.verify ? ["verify"] : []),
  ];
}
