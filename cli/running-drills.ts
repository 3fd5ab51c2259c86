import { until } from "../drills/servers";

/** Drills that are being run; an interrupted command ends what they started, and waits until they have cleared up. */
export const runningDrills = new Set<{ stopAll: () => Promise<void> }>();

export async function endDrills(): Promise<void> {
  await Promise.all([...runningDrills].map(one => one.stopAll()));
  await until(() => runningDrills.size === 0, 5_000, 20);
}
