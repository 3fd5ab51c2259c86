import type { Servers } from "../drills/servers";

/** Drills that are being run; an interrupted command ends what they started. */
export const runningDrills = new Set<Servers>();
export const endDrills = async (): Promise<void> =>
  void (await Promise.all([...runningDrills].map(one => one.stopAll())));
