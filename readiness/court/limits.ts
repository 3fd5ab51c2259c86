import type { Document, Place } from "../documents/document";
import { recordsOf } from "../documents/document";
import type { Contradiction } from "./finding";
import { contradiction } from "./finding";
import type { State } from "./words";
import { conceptOf, stateOf } from "./words";

/** What documents put limits on and measure, by the words they use for it. The first that fits is taken. */
const metrics: [string, RegExp][] = [
  ["RPO", /\bRPO\b|recovery point/i],
  ["RTO", /\bRTO\b|recovery time objective/i],
  [
    "P95 of AI jobs",
    /(AI|analysis|job|async|分析|任务|任務|异步).{0,24}\bP95\b|\bP95\b.{0,24}(AI|analysis job|分析|任务|任務)/i,
  ],
  ["P95", /\bP95\b|\bp\(95\)|95th percentile/i],
  ["P99", /\bP99\b|\bp\(99\)|99th percentile/i],
  ["end-to-end pass rate", /\bE2E\b|end[- ]to[- ]end|端到端/i],
  ["error rate", /error[ _-]?rate|failure rate|\berrors? below\b|错误率|錯誤率|失败率/i],
  ["availability", /\bavailability\b|\buptime\b|可用性|可用率/i],
  ["coverage", /\b(test |code |line )?coverage\b|覆盖率|覆蓋率/i],
  ["rollback time", /roll ?back.{0,16}(time|within|in|duration|<|≤)|回滚(时间|耗时|时长)|回滾(時間|耗時)/i],
  ["load test", /load[ -]?test|压测|壓測|负载测试|負載測試/i],
  ["asynchronous jobs", /async|异步|非同步/i],
];

export const metricIn = (text: string): string | undefined =>
  text.length > 400 ? undefined : metrics.find(([, pattern]) => pattern.test(text))?.[0];

export interface Quantity {
  value: number;
  /** "ms" for times, "%" for shares, "" for plain numbers. */
  unit: string;
  text: string;
}

export interface Limit extends Quantity {
  op: "<" | "<=" | ">" | ">=";
}

const msOf: Record<string, number> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const units: [string, RegExp][] = [
  ["%", /^(%|percent|％)/i],
  ["ms", /^(ms|milliseconds?|毫秒)/i],
  ["min", /^(mins?\b|minutes?|分钟|分鐘|分(?!之))/i],
  ["s", /^(s\b|secs?\b|seconds?|秒)/i],
  ["h", /^(h\b|hrs?\b|hours?|小时|小時)/i],
  ["d", /^(d\b|days?|天|日)/i],
];

function quantity(number: string, rest: string): Quantity {
  const unit = units.find(([, pattern]) => pattern.test(rest.trimStart()))?.[0] ?? "";
  const value = Number(number.replaceAll(",", ""));
  const text = `${number}${unit === "" ? "" : ` ${unit}`}`;
  return unit in msOf ? { value: value * msOf[unit]!, unit: "ms", text } : { value, unit, text };
}

/** The one quantity that a text is, or begins with where there is no other number in it. */
export function quantityIn(text: string): Quantity | undefined {
  const match = /^\D{0,24}?(-?\d[\d,]*(?:\.\d+)?)([^\d]{0,24})$/.exec(text.trim());
  return match && !/[<>≤≥]/.test(text) ? quantity(match[1]!, match[2]!) : undefined;
}

const ops: [Limit["op"], string][] = [
  ["<=", String.raw`<=|≤|at most|no more than|不超过|不超過|不高于|不高於|至多`],
  [">=", String.raw`>=|≥|at least|no less than|不低于|不低於|不少于|至少`],
  ["<", String.raw`<|below|under|less than|within|低于|低於|小于|小於`],
  [">", String.raw`>|above|over|more than|exceeds?|超过|超過|大于|大於|高于|高於`],
];
const limitPattern = new RegExp(
  `(${ops.map(([, words]) => words).join("|")})\\s*(\\d[\\d,]*(?:\\.\\d+)?)([^\\d\\n]{0,12})`,
  "i",
);

/** The first limit that a text states. */
export function limitIn(text: string): Limit | undefined {
  const match = limitPattern.exec(text.slice(0, 400));
  if (!match) return undefined;
  const op = ops.find(([, words]) => new RegExp(`^(${words})$`, "i").test(match[1]!))![0];
  const found = quantity(match[2]!, match[3]!);
  return { ...found, op, text: `${match[1]} ${found.text}` };
}

export const isBroken = ({ op, value: limit }: Limit, value: number): boolean =>
  !{ "<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit }[op];

/** Something measured, as documents say it. */
export interface Measure extends Quantity {
  metric: string;
  state?: State;
  place: Place;
}

/** What a document says was measured: fields named after a metric, rows about one, lines that state one without a limit. */
export function measuresIn(document: Document): Measure[] {
  const found: Measure[] = [];
  for (const record of recordsOf(document)) {
    const about = record.fields
      .map(field => (conceptOf(field.name) === "name" ? metricIn(field.text) : undefined))
      .find(Boolean);
    const states = record.fields.map(field => (conceptOf(field.name) === "state" ? stateOf(field.text) : undefined));
    const state = states.find(Boolean);
    for (const field of record.fields) {
      const metric = metricIn(field.name) ?? about;
      const value = limitIn(field.text) ? undefined : quantityIn(field.text);
      if (metric && value && !isLimitName(field.name))
        found.push({
          ...value,
          metric,
          place: field.place,
          text: `${field.name} ${field.text}`,
          ...(state ? { state } : {}),
        });
    }
  }
  for (const { text, place, ticked } of document.lines) {
    const metric = ticked === undefined && !limitIn(text) ? metricIn(text) : undefined;
    const value = metric ? /(\d[\d,]*(?:\.\d+)?)\s*(%|ms|毫秒|s\b|秒|min\b|分钟|分鐘|h\b|小时|小時)/i.exec(text) : null;
    const state = stateOf(text);
    if (metric && value)
      found.push({ ...quantity(value[1]!, value[2]!), metric, place, text, ...(state ? { state } : {}) });
  }
  return found;
}

/** Names of columns that hold what is wanted, not what was found. */
const isLimitName = (name: string): boolean =>
  /target|threshold|limit|goal|require|expected|slo\b|目标|目標|阈值|閾值|要求|标准|標準/i.test(name);

interface StatedLimit extends Limit {
  place: Place;
}

/** What a limit is for: the same metric has one for going on and another for turning back, by environment and by level. */
function roleOf(text: string): string {
  const roles: [string, RegExp][] = [
    ["trigger", /trigger|abort|roll ?back|回滚|回滾|触发|觸發|熔断|告警|alert/i],
    ["staging", /staging|预发|預發/i],
    ["production", /production|\bprod\b|生产|生產/i],
    ["warning", /warning|ticket|警告/i],
    ["critical", /critical|\bpage\b|严重/i],
  ];
  return roles
    .filter(([, pattern]) => pattern.test(text))
    .map(([role]) => role)
    .join(" ");
}

/** One limit that is given with two values, anywhere in what was read. */
export function limitContradictions(documents: readonly Document[]): Contradiction[] {
  const known = new Map<string, StatedLimit>();
  const found: Contradiction[] = [];
  const see = (text: string, around: string, place: Place) => {
    const limit = limitIn(text);
    const metric = limit && metricIn(`${around} ${text}`);
    if (!limit || !metric || limit.unit === "" || limit.value === 0) return;
    const upwards = limit.op.startsWith(">");
    const key = `${metric}|${limit.unit}|${roleOf(`${around} ${text}`)}|${upwards}`;
    const before = known.get(key);
    if (!before) return void known.set(key, { ...limit, place });
    if (before.value === limit.value && before.op === limit.op) return;
    const same = before.value === limit.value;
    found.push(
      contradiction(
        "threshold-twice",
        same ? "low" : "medium",
        metric,
        [before.place, place],
        same
          ? `${before.text} and ${limit.text}: exactly ${limit.text.replace(/^\D+/, "")} is a pass in one and a failure in the other`
          : `${before.text} and ${limit.text}`,
        "one place that states the limit, which others refer to",
      ),
    );
  };
  for (const document of documents) {
    for (const line of document.lines)
      for (const part of line.text.split(/[;；，,。]|\sand\s/)) see(part, line.path.at(-1) ?? "", line.place);
    for (const record of recordsOf(document)) {
      const name = record.fields.find(field => conceptOf(field.name) === "name")?.text ?? "";
      for (const field of record.fields) see(field.text, `${field.name} ${name}`, field.place);
    }
  }
  return found;
}
