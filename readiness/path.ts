import type { Blocker } from "./blockers";

/** The chain of blockers that takes longest, as they depend on each other; what does not is repaired side by side. */
export interface CriticalPath {
  ids: string[];
  /** Hours it takes, at least and at most. */
  hours: [least: number, most: number];
}

/** The critical path over blockers by their longest estimates; a circle among them is cut where it closes. */
export function criticalPath(blockers: readonly Blocker[]): CriticalPath {
  const byId = new Map(blockers.map(one => [one.id, one]));
  const known = new Map<string, CriticalPath>();
  const walk = (id: string, above: readonly string[]): CriticalPath => {
    const done = known.get(id);
    if (done) return done;
    const blocker = byId.get(id)!;
    let before: CriticalPath = { ids: [], hours: [0, 0] };
    for (const other of blocker.dependsOn) {
      if (above.includes(other) || other === id || !byId.has(other)) continue;
      const path = walk(other, [...above, id]);
      if (path.hours[1] > before.hours[1]) before = path;
    }
    const [least, most] = blocker.hours;
    const path: CriticalPath = { ids: [...before.ids, id], hours: [before.hours[0] + least, before.hours[1] + most] };
    known.set(id, path);
    return path;
  };
  const all = blockers.map(one => walk(one.id, []));
  return all.reduce((longest, one) => (one.hours[1] > longest.hours[1] ? one : longest), { ids: [], hours: [0, 0] });
}
