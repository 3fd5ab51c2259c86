/** Requests below which a P95 rests on a handful of the slowest: of 200, ten lie above it. */
export const enoughForP95 = 200;

/** The 1.96 of a two-sided interval of 95 %. */
const z = 1.959964;

/** Bounds of the true share behind `some` of `all`, by Wilson's interval at 95 %. */
export function shareBounds(some: number, all: number): { low: number; high: number } {
  if (all === 0) return { low: 0, high: 1 };
  const share = some / all;
  const middle = share + (z * z) / (2 * all);
  const reach = z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
  const scale = 1 + (z * z) / all;
  return { low: Math.max(0, (middle - reach) / scale), high: Math.min(1, (middle + reach) / scale) };
}
