import * as fs from "node:fs";
import * as path from "node:path";
import type { StorePlan } from "../components/backup/plan";
import type { Bucket } from "./bucket";
import type { Course } from "./course";
import type { Room, Settings } from "./drill";
import { until } from "./servers";

/** What every restore drill shows and judges, whatever the store is. */

/** When something happened, in milliseconds since the drill began. */
interface Timed {
  atMs: number;
}

/** Waits until clients notice the fault, ends them, and gives what they had been promised before it. */
export async function promisedBefore<T extends Timed>(
  course: Course,
  faultAt: number,
  { refused, confirmed, stop }: { refused: readonly Timed[]; confirmed: readonly T[]; stop: () => Promise<void> },
  unit: string,
): Promise<T[]> {
  const isAfter = (one: Timed) => one.atMs >= faultAt;
  const noticed = await until(() => refused.some(isAfter), 10_000, 20);
  course.proof("clients noticed", noticed, `${refused.filter(isAfter).length} writes refused`);
  if (noticed) course.moment("detected");
  await stop();
  const promised = confirmed.filter(one => one.atMs < faultAt);
  course.proof(
    "it was written until the fault",
    promised.some(one => one.atMs > faultAt - 1_000),
    `${promised.length} ${unit}`,
  );
  return promised;
}

/** RPO and RTO against the plan and the limits, and what they were. RPO is the age at the fault of the oldest that is lost. */
export function judgeLoss(
  course: Course,
  settings: Settings,
  seen: { plan: StorePlan; lost: readonly Timed[]; promised: number; faultAt: number; rtoMs: number; unit: string },
): void {
  const { plan, lost, promised, faultAt, rtoMs, unit } = seen;
  const rpoMs = lost.length === 0 ? 0 : faultAt - Math.min(...lost.map(one => one.atMs));
  const promise = plan.provable.rpoMinutes * 60_000;
  course.check("no more is lost than the plan proves", rpoMs <= promise, `${seconds(rpoMs)} of ${seconds(promise)}`);
  course.check("RTO is below its limit", rtoMs < settings.rtoMs, `${seconds(rtoMs)} of ${seconds(settings.rtoMs)}`);
  course.check("RPO is below its limit", rpoMs < settings.rpoMs, `${seconds(rpoMs)} of ${seconds(settings.rpoMs)}`);
  course.measure("total", promised, promised, unit);
  course.measure("failed", lost.length, promised, unit);
  course.measure("rtoMs", rtoMs, 1, "ms");
  course.measure("rpoMs", rpoMs, promised, "ms");
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

/** Puts rubbish where a backup was: the bucket keeps the old version, but clients read the newest. */
export async function overwriteBackup(room: Room, bucket: Bucket, folder: string, files: string): Promise<void> {
  const listed = await bucket.mc("find", `bucket/${bucket.name}/${folder}`, "--name", files);
  const rubbish = path.join(room.dir, "rubbish");
  fs.writeFileSync(rubbish, "x".repeat(4_096));
  for (const file of listed.stdout.trim().split("\n").filter(Boolean)) {
    const { code, stderr } = await bucket.mc("cp", rubbish, file);
    if (code !== 0) throw new Error(`the backup could not be overwritten: ${stderr}`);
  }
}
