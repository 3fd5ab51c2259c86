import { durationMinutes, worstGapMinutes } from "../../model/cadence";
import { provableRpoMinutes, provableRtoMinutes } from "../../model/recovery";
import { refuse } from "../component";

/** Where backups go. Outside the cluster: what lies inside dies with it. */
export interface BackupTarget {
  /** S3 bucket with versioning and object lock. */
  bucket: string;
  /** Region of the bucket, where its store has regions. */
  region?: string;
  /** URL of an S3 store that is not AWS. @default AWS's own */
  endpoint?: string;
  /** Secret with `access-key` and `secret-key` in each store's namespace; without it the pods' own identity serves. */
  credentials?: string;
  /** How objects are encrypted at rest. @default "aws:kms" */
  encryption?: "aws:kms" | "AES256";
}

export interface BackupArgs {
  target: BackupTarget;
  /** Data that may be lost, as a duration. @default "1h" */
  rpo?: string;
  /** Time until a store serves again, as a duration. @default "4h" */
  rto?: string;
  /** Days a backup can be restored from. @default 30 */
  retentionDays?: number;
  /** True where volumes can be snapshotted; daily database backups are snapshots then. @default true */
  snapshots?: boolean;
  /** MiB a second at which backups come back; measured by the drills, assumed until then. @default 100 */
  restoreRate?: number;
}

/** When a store is backed up, and what that is worth. All times UTC. */
export interface StorePlan {
  /** Cron schedule of the frequent backup. */
  frequent: string;
  /** Cron schedule of the weekly full one. */
  full: string;
  /** Cron schedule of the drill that restores the newest and checks it. */
  drill: string;
  /** The longest a piece of the log waits for its shipping, where there is a log. */
  logTimeout?: string;
  retentionDays: number;
  provable: { rpoMinutes: number; rtoMinutes: number };
}

export interface BackupPlan {
  target: Required<Pick<BackupTarget, "bucket" | "encryption">> & BackupTarget;
  snapshots: boolean;
  postgres: StorePlan;
  mongodb: StorePlan;
  redis: StorePlan;
  objectStore: StorePlan;
}

const defaults = { rpo: "1h", rto: "4h", retentionDays: 30, snapshots: true, restoreRate: 100 };

/** Noticing, deciding, making a place and checking what came back, in minutes. */
const fixedMinutes = 45;
/** Log of a day is replayed about this much faster than it was written. */
const replaySpeedUp = 10;

/** Sizes of the stores, as their components have them; quantities. */
export interface StoreSizes {
  postgres: string;
  mongodb: string;
  redis: string;
  objectStore: string;
}

/**
 * Carries S-130 to S-133 and S-170. Decides schedules, retention and target of every store, and proves from them that RPO and RTO can be met. A plan that
 * cannot keep the promise is refused: no schedule is left to luck.
 */
export function backupPlan(args: BackupArgs, sizes: StoreSizes): BackupPlan {
  const a = {
    ...defaults,
    ...Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)),
  } as BackupArgs & typeof defaults;
  const rpo = durationMinutes(a.rpo);
  const rto = durationMinutes(a.rto);
  const restore = (size: string, replay?: { minutes: number; speedUp: number }) =>
    provableRtoMinutes({ size, restoreRate: a.restoreRate, fixedMinutes, ...(replay ? { replay } : {}) });
  const daily = "0 0 2 * * *";
  const plan = {
    // Six fields, seconds first: CloudNativePG's form.
    postgres: store(
      a.retentionDays,
      { frequent: daily, full: "0 0 3 * * 0", drill: "0 5 * * 1", logTimeout: "5min" },
      0,
      minutes => restore(sizes.postgres, { minutes, speedUp: replaySpeedUp }),
    ),
    mongodb: store(
      a.retentionDays,
      { frequent: "0 1 * * *", full: "30 2 * * 0", drill: "0 8 * * 2", logTimeout: "5min" },
      0,
      minutes => restore(sizes.mongodb, { minutes, speedUp: replaySpeedUp }),
    ),
    redis: store(a.retentionDays, { frequent: "*/30 * * * *", full: "15 3 * * 0", drill: "0 6 * * 1" }, 10, () =>
      restore(sizes.redis),
    ),
    objectStore: store(a.retentionDays, { frequent: "*/15 * * * *", full: "45 3 * * 0", drill: "0 7 * * 1" }, 10, () =>
      restore(sizes.objectStore),
    ),
  };
  const faults: { propertyPath: string; reason: string }[] = [];
  if (rpo === undefined)
    faults.push({ propertyPath: "rpo", reason: `rpo is "${a.rpo}"; need a duration such as "1h"` });
  if (rto === undefined)
    faults.push({ propertyPath: "rto", reason: `rto is "${a.rto}"; need a duration such as "4h"` });
  if (a.retentionDays < 1)
    faults.push({ propertyPath: "retentionDays", reason: `retentionDays is ${a.retentionDays}; need at least 1` });
  for (const [name, { provable }] of Object.entries(plan)) {
    if (rpo !== undefined && provable.rpoMinutes > rpo)
      faults.push({ propertyPath: "rpo", reason: `rpo is "${a.rpo}"; ${name} can promise ${provable.rpoMinutes} min` });
    if (rto !== undefined && provable.rtoMinutes > rto)
      faults.push({
        propertyPath: "rto",
        reason: `rto is "${a.rto}"; ${name} can promise ${Math.ceil(provable.rtoMinutes)} min`,
      });
  }
  refuse("the backup plan", faults);
  return { target: { encryption: "aws:kms", ...a.target }, snapshots: a.snapshots, ...plan };
}

function store(
  retentionDays: number,
  when: Pick<StorePlan, "frequent" | "full" | "drill" | "logTimeout">,
  backupMinutes: number,
  rtoMinutes: (gapMinutes: number) => number | undefined,
): StorePlan {
  const logMinutes = when.logTimeout === undefined ? undefined : durationMinutes(when.logTimeout);
  const rpoMinutes = provableRpoMinutes({
    schedules: [when.frequent, when.full],
    backupMinutes,
    ...(logMinutes === undefined ? {} : { logMinutes }),
  });
  const gap = worstGapMinutes(when.frequent);
  return {
    ...when,
    retentionDays,
    // What cannot be proved is no promise.
    provable: { rpoMinutes: rpoMinutes ?? Infinity, rtoMinutes: rtoMinutes(gap ?? Infinity) ?? Infinity },
  };
}

/** Annotations by which a backup's purpose is read from the cluster and by the rules. */
export const backupAnnotations = (store: string, plan: StorePlan): Record<string, string> => ({
  "greenlight.dev/backup-of": store,
  "greenlight.dev/retention-days": String(plan.retentionDays),
  "greenlight.dev/provable-rpo": `${plan.provable.rpoMinutes}min`,
  "greenlight.dev/provable-rto": `${Math.ceil(plan.provable.rtoMinutes)}min`,
});
