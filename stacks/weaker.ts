import type { Fault } from "../model/faults";
import type { StackConfig } from "./schema";

/** Numbers of which more is safer, and texts of durations of which less is. Paths below a stack's config. */
const moreIsSafer = [
  "postgres.instances",
  "postgres.synchronous",
  "mongodb.members",
  "redis.replicas",
  "objectStore.servers",
  "gateway.replicas",
  "backup.retentionDays",
  "observability.logs.days",
  "cluster.perZone",
  "backups.lockDays",
  "backups.keepDays",
  "network.flowLogDays",
];
const lessIsSafer = ["backup.rpo", "backup.rto"];
/** What staging has and production must not do without. */
const kept = [
  "certificates",
  "secrets",
  "backup",
  "postgres",
  "mongodb",
  "redis",
  "gateway",
  "observability",
  "access",
  "base",
];

const at = (config: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);

const minutes = (text: unknown): number => {
  const match = /^(\d+)(min|m|h|d)$/.exec(String(text));
  const units: Record<string, number> = { min: 1, m: 1, h: 60, d: 1_440 };
  return match ? Number(match[1]) * units[match[2]!]! : NaN;
};

/**
 * Where production is weaker than staging: what was tried there would not be what runs here. Only what both say is
 * compared; what neither says is the component's default, which is the same for both.
 */
export function weakerThan(production: StackConfig, staging: StackConfig, file: string): Fault[] {
  if (production.layer !== staging.layer) return [];
  const fault = (path: string, found: unknown, needed: string): Fault => ({
    where: `${file}: greenlight:${path}`,
    found: found === undefined ? "missing" : String(found),
    needed: `${needed}, as staging has`,
    fix: "Production may not be weaker than what it was tried on.",
  });
  const compared = (
    paths: string[],
    weaker: (mine: number, theirs: number) => boolean,
    word: string,
    read: (value: unknown) => number = Number,
  ) =>
    paths.flatMap(path => {
      const [mine, theirs] = [at(production, path), at(staging, path)];
      if (mine === undefined || theirs === undefined) return [];
      return weaker(read(mine), read(theirs)) ? [fault(path, mine, `at ${word} ${String(theirs)}`)] : [];
    });
  const gone = kept.flatMap(path =>
    at(staging, path) !== undefined && at(production, path) === undefined ? [fault(path, undefined, "it")] : [],
  );
  return [
    ...compared(moreIsSafer, (mine, theirs) => mine < theirs, "least"),
    ...compared(lessIsSafer, (mine, theirs) => mine > theirs, "most", minutes),
    ...gone,
    ...serviceFaults(production, staging, fault),
  ];
}

function serviceFaults(
  production: StackConfig,
  staging: StackConfig,
  fault: (path: string, found: unknown, needed: string) => Fault,
): Fault[] {
  if (production.layer || staging.layer) return [];
  return production.services.flatMap((mine, index) => {
    const theirs = staging.services.find(one => one.name === mine.name);
    const [here, there] = [mine.minReplicas, theirs?.minReplicas];
    return here !== undefined && there !== undefined && here < there
      ? [fault(`services[${index}].minReplicas`, here, `at least ${there}`)]
      : [];
  });
}
