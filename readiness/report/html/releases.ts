import type { ReleaseLane } from "../../evidence/lanes";
import type { Limits } from "../../../model/limits";
import { axis, colours, draw, ink } from "./charts";
import { cells, chart, safe, table } from "./tables";

/** How releases went: traffic step by step, with errors and latency against their limits, and where it was rolled back. */

/** Steps as bars of traffic; errors and P95 as shares of their limits, above 100 % broken. */
function laneChart({ rollout: { stages } }: ReleaseLane, { errorRate, p95Ms }: Limits): string {
  const share = (value: number | null, limit: number) =>
    value === null ? null : Math.min(200, Math.round((value / limit) * 1_000) / 10);
  const line = (name: string, data: (number | null)[], colour: string) => ({
    ...{ type: "line" as const, name, data, connectNulls: false, symbolSize: 8 },
    ...{ lineStyle: { color: colour, width: 2 }, itemStyle: { color: colour } },
  });
  return draw(
    {
      grid: { left: 60, right: 60, top: 40, bottom: 60 },
      legend: { top: 4, itemGap: 48, textStyle: { color: ink } },
      xAxis: {
        type: "category",
        data: stages.map(one => `${one.name}\n${one.watchedSeconds} s`),
        axisLabel: { color: ink, interval: 0 },
        axisLine: axis.axisLine,
      },
      yAxis: { type: "value", max: 200, name: "%", ...axis },
      series: [
        {
          type: "bar",
          name: "traffic, %",
          barWidth: 26,
          itemStyle: { color: colours.faint },
          data: stages.map(one => ({
            value: one.percent,
            itemStyle: { color: one.state === "rolled back" ? colours.bad : colours.faint },
          })),
          markLine: {
            symbol: "none",
            lineStyle: { color: ink, type: "dashed" },
            label: { color: ink, formatter: "limit" },
            data: [{ yAxis: 100 }],
          },
        },
        line(
          "errors, % of the limit",
          stages.map(one => share(one.errorRate, errorRate)),
          colours.open,
        ),
        line(
          "P95, % of the limit",
          stages.map(one => share(one.p95Ms, p95Ms)),
          colours.calm,
        ),
      ],
    },
    760,
    300,
  );
}

const shown = (value: number | null, unit: string, per = 1) =>
  value === null ? "–" : `${Number((value / per).toFixed(2))} ${unit}`;

/** One release: its steps as a picture and as a table, and the rollback's steps with seconds. */
export function releasePart(lane: ReleaseLane, limits: Limits): string {
  const { service, identity, outcome, rollout, rollback, file } = lane;
  const name = `${service} ${identity.version}: ${outcome}`;
  const trigger = rollback.trigger ? `<p>${safe(`rolled back: ${rollback.trigger.text}`)}</p>` : "";
  const steps = rollback.steps.filter(one => one.seconds !== null);
  return [
    `<h3>${safe(name)}</h3>`,
    chart(name, laneChart(lane, limits)),
    table(
      name,
      ["step", "traffic", "state", "watched", "requests", "errors", "P95"],
      rollout.stages.map(
        one =>
          `<tr>${cells(one.name, `${one.percent} %`, one.state, `${one.watchedSeconds} s`, one.requests ?? "–", shown(one.errorRate, "%", 0.01), shown(one.p95Ms, "ms"))}</tr>`,
      ),
    ),
    trigger,
    ...(steps.length > 0
      ? [
          table(
            `${name}: rollback`,
            ["rollback", "state", "seconds"],
            steps.map(one => `<tr>${cells(one.name, one.state, shown(one.seconds, "s"))}</tr>`),
          ),
        ]
      : []),
    `<p>${safe(file)}</p>`,
  ].join("\n");
}
