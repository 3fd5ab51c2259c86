import type { EChartsOption } from "echarts";
import { init } from "echarts";
import type { Outcome } from "../../../model/outcome";
import type { Verdict } from "../../../model/verdict";
import type { Blocker } from "../../blockers";
import type { PathToGo } from "../../path";

/** Charts are drawn once, as SVG, on a light ground in either theme; colours hold 4.5 to 1 against it. */
export const ink = "#1f2937";
export const colours = { good: "#15803d", bad: "#b91c1c", open: "#92400e", calm: "#1d4ed8", faint: "#d1d5db" };
export const axis = {
  axisLabel: { color: ink },
  nameTextStyle: { color: ink },
  axisLine: { lineStyle: { color: ink } },
};
const font = { fontFamily: "system-ui, 'Noto Sans CJK SC', sans-serif", color: ink };

export function draw(option: EChartsOption, width: number, height: number): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: font, ...option });
    return (
      chart
        .renderToSVGString()
        // Classes of the library's own hover styles are counted from run to run; a picture has no hover.
        .replace(/<style\s*>[\s\S]*?<\/style>/g, "")
        .replace(/ (?:class="zr[^"]*"|ecmeta_\w+="[^"]*")/g, "")
        .replace(/<svg width="\d+" height="\d+"/, `<svg aria-hidden="true" focusable="false"`)
    );
  } finally {
    chart.dispose();
  }
}

/** Dimensions out of ten, as bars. */
export function dimensionChart(verdict: Verdict): string {
  const all = [...(verdict.dimensions ?? [])].reverse();
  return draw(
    {
      grid: { left: 110, right: 60, top: 10, bottom: 30 },
      xAxis: { type: "value", max: 10, ...axis },
      yAxis: { type: "category", data: all.map(one => one.name), ...axis },
      series: [
        {
          type: "bar",
          barWidth: 16,
          showBackground: true,
          backgroundStyle: { color: colours.faint },
          label: { show: true, position: "right", color: ink, formatter: ({ value }) => `${String(value)}/10` },
          data: all.map(one => ({
            value: one.score,
            itemStyle: { color: one.score >= 10 ? colours.good : one.score > 5 ? colours.open : colours.bad },
          })),
        },
      ],
    },
    640,
    40 + all.length * 34,
  );
}

/** Who repairs what when, the critical path in red. */
export function roadChart(path: PathToGo, blockers: readonly Blocker[], critical: string): string {
  const slots = [...path.slots].reverse();
  const owner = (id: string) => blockers.find(one => one.id === id)?.owner ?? "";
  return draw(
    {
      grid: { left: 60, right: 150, top: 10, bottom: 46 },
      xAxis: { type: "value", name: "h", nameLocation: "middle", nameGap: 28, ...axis },
      yAxis: { type: "category", data: slots.map(one => one.id), ...axis },
      series: [
        { type: "bar", stack: "all", itemStyle: { color: "transparent" }, data: slots.map(one => one.start) },
        {
          type: "bar",
          stack: "all",
          barWidth: 14,
          label: {
            show: true,
            position: "right",
            color: ink,
            formatter: ({ dataIndex }) => {
              const { id } = slots[dataIndex]!;
              return path.critical.includes(id) ? `${owner(id)} (${critical})` : owner(id);
            },
          },
          data: slots.map(one => ({
            value: one.end - one.start,
            itemStyle: { color: path.critical.includes(one.id) ? colours.bad : colours.calm },
          })),
        },
      ],
    },
    760,
    70 + slots.length * 24,
  );
}

export const likelihoods = ["possible", "likely", "certain"] as const;
export const impacts = ["low", "medium", "high"] as const;

/**
 * Where a blocker stands: what is not met is certain, what is waived was let be, what nobody can tell is possible.
 * @param isBefore as if nothing were waived: what is waived is what was found
 */
export function riskOf(one: Blocker, isBefore = false): { likelihood: number; impact: number } {
  const isFound = one.state === "not met" || (isBefore && one.state === "waived");
  const impact = one.priority === "P1" || isFound ? 2 : one.items.length > 2 ? 1 : 0;
  return { likelihood: isFound ? 2 : one.state === "waived" ? 1 : 0, impact };
}

/** Likelihood by impact, with the ids in their cells. */
export function riskChart(
  blockers: readonly Blocker[],
  name: { likelihood: string; impact: string },
  isBefore = false,
): string {
  const at = (one: Blocker) => riskOf(one, isBefore);
  const cells = likelihoods.flatMap((_, x) =>
    impacts.map((_name, y) => {
      const ids = blockers.filter(one => at(one).likelihood === x && at(one).impact === y).map(one => one.id);
      return { value: [x, y, x + y], ids };
    }),
  );
  const shown = (ids: string[]) => {
    const lines: string[] = [];
    for (let at = 0; at < Math.min(ids.length, 8); at += 4) lines.push(ids.slice(at, Math.min(at + 4, 8)).join(" "));
    return ids.length > 8 ? `${lines.join("\n")}\n+${ids.length - 8}` : lines.join("\n");
  };
  return draw(
    {
      grid: { left: 90, right: 20, top: 10, bottom: 50 },
      xAxis: {
        type: "category",
        data: [...likelihoods],
        name: name.likelihood,
        nameLocation: "middle",
        nameGap: 30,
        ...axis,
      },
      yAxis: { type: "category", data: [...impacts], name: name.impact, nameLocation: "middle", nameGap: 60, ...axis },
      visualMap: { show: false, min: 0, max: 4, inRange: { color: ["#f0fdf4", "#fef9c3", "#fecaca"] } },
      series: [
        {
          type: "heatmap",
          itemStyle: { borderColor: "#ffffff", borderWidth: 2 },
          label: { show: true, color: ink, formatter: ({ dataIndex }) => shown(cells[dataIndex]!.ids) },
          data: cells.map(({ value }) => value),
        },
      ],
    },
    640,
    280,
  );
}

/** A measured number beside its limit. */
export interface Measurement {
  name: string;
  value: number;
  limit: number;
  unit: string;
  /** How many samples are behind it, and between what it lies at 95 %; where evidence says so. */
  samples?: number;
  range?: [low: number, high: number];
  /** What does not count is amber, however far below its limit it is. */
  state: Outcome;
}

/** Every measurement as a share of its limit; beyond 100 % it is broken. */
export function limitChart(all: readonly Measurement[]): string {
  const rows = [...all].reverse();
  const shareOf = (value: number, { limit }: Measurement) => Math.min(200, Math.round((value / limit) * 1_000) / 10);
  const share = (one: Measurement) => shareOf(one.value, one);
  const whiskers = rows.flatMap((one, at) =>
    one.range
      ? [[{ coord: [shareOf(one.range[0], one), at] }, { coord: [shareOf(one.range[1], one), at] }] as const]
      : [],
  );
  const textOf = ({ value, unit, samples, range }: Measurement) =>
    `${value} ${unit}${range ? ` (${range.join(" – ")})` : ""}${samples === undefined ? "" : `, n = ${samples}`}`;
  return draw(
    {
      grid: { left: 150, right: 200, top: 24, bottom: 46 },
      xAxis: { type: "value", min: 0, max: 200, name: "% of the limit", nameLocation: "middle", nameGap: 28, ...axis },
      yAxis: { type: "category", data: rows.map(one => one.name), ...axis },
      series: [
        {
          type: "bar",
          barWidth: 14,
          label: {
            show: true,
            position: "right",
            color: ink,
            formatter: ({ dataIndex }) => textOf(rows[dataIndex]!),
          },
          data: rows.map(one => ({
            value: share(one),
            itemStyle: { color: { met: colours.good, "not met": colours.bad }[one.state as string] ?? colours.open },
          })),
          markLine: {
            symbol: "none",
            lineStyle: { color: ink, type: "dashed" },
            label: { color: ink, formatter: "limit" },
            data: [
              { xAxis: 100 },
              ...whiskers.map(([from, to]): [object, object] => [
                { ...from, lineStyle: { type: "solid", width: 3 }, label: { show: false } },
                to,
              ]),
            ],
          },
        },
      ],
    },
    760,
    80 + rows.length * 30,
  );
}

/** What happened when: a bar a step, a line at each moment such as fault, detection and recovery; seconds. */
export function courseChart(
  steps: readonly { name: string; atMs: number; tookMs: number }[],
  moments: readonly { name: string; atMs: number }[],
): string {
  const rows = [...steps].reverse();
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  return draw(
    {
      grid: { left: 390, right: 40, top: 66, bottom: 46 },
      xAxis: { type: "value", name: "s", nameLocation: "middle", nameGap: 28, ...axis },
      yAxis: { type: "category", data: rows.map(one => one.name), ...axis },
      series: [
        { type: "bar", stack: "all", itemStyle: { color: "transparent" }, data: rows.map(one => seconds(one.atMs)) },
        {
          type: "bar",
          stack: "all",
          barWidth: 14,
          itemStyle: { color: colours.calm },
          data: rows.map(one => seconds(one.tookMs)),
          markLine: {
            symbol: "none",
            label: { color: ink, formatter: "{b}" },
            // Moments come close together: their names stand above each other, not over each other.
            data: moments.map((one, index) => ({
              name: one.name,
              xAxis: seconds(one.atMs),
              label: { distance: 4 + (index % 4) * 14 },
              lineStyle: { color: one.name.includes("fault") ? colours.bad : colours.good, width: 2 },
            })),
          },
        },
      ],
    },
    900,
    136 + rows.length * 26,
  );
}
