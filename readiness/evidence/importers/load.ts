import type { Importer, Values } from "../imported";
import { countOf, isObject, known, numberOf, timeOf } from "../imported";

/** The value below which a share of sorted numbers lies; of none, undefined. */
const quantile = (sorted: number[], share: number): number | undefined =>
  sorted.length === 0 ? undefined : sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];

/**
 * k6's summary in both dialects: `--summary-export` has the numbers beside each other and a threshold flag that is true
 * where it was *broken* (k6#1498); `handleSummary` has them under `values`, and `ok`.
 */
export const k6Summary: Importer = (_source, value) => {
  if (!isObject(value) || !isObject(value.metrics)) return undefined;
  const { metrics } = value;
  const duration = metrics.http_req_duration;
  if (!isObject(duration) && !isObject(metrics.http_reqs)) return undefined;
  const valuesOf = (metric: unknown): Values =>
    isObject(metric) ? (isObject(metric.values) ? metric.values : metric) : {};
  const total = countOf(valuesOf(metrics.http_reqs).count);
  const failedShare = failureShare(valuesOf(metrics.http_req_failed));
  const checks = valuesOf(metrics.checks);
  const broken = Object.values(metrics).reduce<number>((sum, metric) => sum + brokenLimits(metric), 0);
  const failed = failedShare !== undefined && total !== undefined ? Math.round(failedShare * total) : undefined;
  return [
    {
      format: isObject((isObject(duration) ? duration : {}).values) ? "k6 summary" : "k6 summary export",
      kind: "load test",
      facts: known({
        total,
        failed: failed ?? countOf(checks.fails),
        p95Ms: numberOf(valuesOf(duration)["p(95)"]),
        brokenLimits: broken,
      }),
      at: { total: "/metrics/http_reqs", failed: "/metrics/http_req_failed", p95Ms: "/metrics/http_req_duration" },
    },
  ];
};

/** A rate metric whose passes are what it measures: here, requests that failed. */
function failureShare(rate: Values): number | undefined {
  const [passes, fails] = [countOf(rate.passes), countOf(rate.fails)];
  if (passes !== undefined && fails !== undefined && passes + fails > 0) return passes / (passes + fails);
  return numberOf(rate.rate ?? rate.value);
}

function brokenLimits(metric: unknown): number {
  if (!isObject(metric) || !isObject(metric.thresholds)) return 0;
  return Object.values(metric.thresholds).filter(one => (isObject(one) ? one.ok === false : one === true)).length;
}

/** k6's points, a line each (`--out json`). */
export const k6Points: Importer = ({ text }) => {
  if (!/^\s*\{"(?:type|metric)":/.test(text) || !text.includes('"Point"')) return undefined;
  const durations: number[] = [];
  let failed = 0;
  let latest: number | undefined;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    let point: unknown;
    try {
      point = JSON.parse(line) as unknown;
    } catch {
      return undefined;
    }
    if (!isObject(point) || point.type !== "Point" || !isObject(point.data)) continue;
    const number = numberOf(point.data.value);
    if (number === undefined) continue;
    if (point.metric === "http_req_duration") durations.push(number);
    if (point.metric === "http_req_failed" && number > 0) failed++;
    const at = timeOf(point.data.time);
    if (at !== undefined) latest = Math.max(latest ?? at, at);
  }
  durations.sort((a, b) => a - b);
  const facts = known({ total: durations.length, failed, p95Ms: quantile(durations, 0.95) });
  return [{ format: "k6 points", kind: "load test", facts, ...known({ endedMs: latest }) }];
};

/** JMeter's table of samples (JTL as CSV); times in milliseconds since 1970. */
export const jmeter: Importer = ({ text }) => {
  const [head, ...rows] = text.split(/\r?\n/);
  const names = head!.split(",");
  const column = (name: string) => names.indexOf(name);
  const [at, elapsed, success] = [column("timeStamp"), column("elapsed"), column("success")];
  if (at < 0 || elapsed < 0 || success < 0) return undefined;
  const durations: number[] = [];
  let failed = 0;
  let latest: number | undefined;
  for (const row of rows) {
    if (row === "") continue;
    const cells = cellsOf(row);
    const [time, took] = [numberOf(cells[at]), numberOf(cells[elapsed])];
    if (time === undefined || took === undefined) return undefined;
    durations.push(took);
    if (cells[success] !== "true") failed++;
    latest = Math.max(latest ?? 0, time + took);
  }
  durations.sort((a, b) => a - b);
  const facts = known({ total: durations.length, failed, p95Ms: quantile(durations, 0.95) });
  return [{ format: "JMeter samples", kind: "load test", facts, ...known({ endedMs: latest }) }];
};

/** The cells of a row of CSV; quotes may hold commas. */
const cellsOf = (row: string): string[] =>
  [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) =>
    cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!,
  );
