/**
 * Kubernetes quantities ("250m", "1Gi", "1.5", "1e3") as numbers in the base unit (cores, bytes, pieces).
 * Source: apimachinery/pkg/api/resource/quantity.go.
 */
const suffixes: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number a quantity stands for, or undefined when Kubernetes could not read it. */
export function parseQuantity(text: string | number): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([KMGTPE]i|[numkMGTPE])?)$/.exec(String(text).trim());
  if (!match) return undefined;
  const value = Number(match[1]! + (match[2] ?? "")) * (suffixes[match[3] ?? ""] ?? NaN);
  return Number.isFinite(value) ? value : undefined;
}

/** An absolute or percentage count ("1", 1, "25%") of a total; percentages round up or down as Kubernetes does. */
export function resolveCount(value: number | string, total: number, round: "up" | "down"): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? value : undefined;
  const percent = /^(\d+)%$/.exec(value);
  if (percent) return Math[round === "up" ? "ceil" : "floor"]((Number(percent[1]) / 100) * total);
  return /^\d+$/.test(value) ? Number(value) : undefined;
}
