import { DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { sloSeries } from "./slo";
import { dependencyRows, storeRows } from "./store-panels";

/** Dashboards as code: what every service and store shows, drawn the same way (S-141 to S-143, S-166). */
export interface DashboardArgs {
  services: { name: string; namespace: string }[];
  workers: { name: string; namespace: string }[];
  dependencies: string[];
  stores: { postgres?: string; mongodb?: string; redis?: string; objectStore?: string };
  /** Names of objectives by service. */
  slos: { name: string; service: string }[];
}

export interface Panel {
  title: string;
  /** Queries by the name of their line. */
  queries: Record<string, string>;
  unit?: string;
  /** A single figure instead of lines. */
  figure?: boolean;
}

export type Row = [title: string, panels: Panel[]];

const source = { type: "prometheus", uid: "prometheus" };

function dashboard(uid: string, title: string, rows: Row[]): string {
  const board = new DashboardBuilder(title)
    .uid(uid)
    .tags(["greenlight"])
    .refresh("30s")
    .time({ from: "now-6h", to: "now" })
    .timezone("utc")
    .readonly();
  for (const [name, panels] of rows) {
    board.withRow(new RowBuilder(name));
    for (const panel of panels) {
      const drawn = (panel.figure ? new StatBuilder() : new TimeseriesBuilder())
        .title(panel.title)
        .datasource(source)
        .span(panel.figure ? 6 : 12)
        .height(panel.figure ? 5 : 8)
        .unit(panel.unit ?? "short");
      for (const [line, expr] of Object.entries(panel.queries))
        drawn.withTarget(new DataqueryBuilder().expr(expr).legendFormat(line).refId(refOf(line)));
      board.withPanel(drawn);
    }
  }
  return JSON.stringify(board.build(), null, 1);
}

/** A query's id in a panel: letters only. */
const refOf = (line: string): string => line.replace(/[^A-Za-z]/g, "").slice(0, 20) || "A";

const objectives = (names: string[]): Row => [
  "Objectives",
  names.flatMap((name): Panel[] => [
    {
      title: `${name}: budget left`,
      queries: { left: `${sloSeries.remaining}{slo="${name}"}` },
      unit: "percentunit",
      figure: true,
    },
    {
      title: `${name}: burn`,
      queries: Object.fromEntries(
        ["1h", "6h"].map(window => [
          window,
          `${sloSeries.error(window)}{slo="${name}"} / (1 - ${sloSeries.objective}{slo="${name}"})`,
        ]),
      ),
    },
  ]),
];

function serviceRows(name: string, namespace: string, slos: string[]): Row[] {
  const of = (more = "") => `{namespace="${namespace}",service="${name}"${more}}`;
  const pods = `{namespace="${namespace}",pod=~"${name}-.*"}`;
  const seconds = (quantile: number) =>
    `histogram_quantile(${quantile}, sum(rate(http_server_request_duration_seconds_bucket${of()}[5m])) by (le))`;
  return [
    objectives(slos),
    [
      "Golden signals",
      [
        { title: "Latency", queries: { P50: seconds(0.5), P95: seconds(0.95), P99: seconds(0.99) }, unit: "s" },
        {
          title: "Traffic",
          queries: { requests: `sum(rate(http_server_request_duration_seconds_count${of()}[5m]))` },
          unit: "reqps",
        },
        {
          title: "Errors",
          queries: {
            share: `sum(rate(http_server_request_duration_seconds_count${of(',http_response_status_code=~"5.."')}[5m])) / sum(rate(http_server_request_duration_seconds_count${of()}[5m]))`,
          },
          unit: "percentunit",
        },
        {
          title: "Saturation",
          queries: {
            CPU: `sum(rate(container_cpu_usage_seconds_total${pods}[5m])) / sum(kube_pod_container_resource_requests{resource="cpu",namespace="${namespace}",pod=~"${name}-.*"})`,
            memory: `max(container_memory_working_set_bytes${pods}) / max(kube_pod_container_resource_limits{resource="memory",namespace="${namespace}",pod=~"${name}-.*"})`,
          },
          unit: "percentunit",
        },
      ],
    ],
    [
      "Pods",
      [
        {
          title: "Pods",
          queries: {
            ready: `sum(kube_pod_status_ready{condition="true",namespace="${namespace}",pod=~"${name}-.*"})`,
            most: `kube_horizontalpodautoscaler_spec_max_replicas{namespace="${namespace}",horizontalpodautoscaler="${name}"}`,
          },
        },
        {
          title: "Restarts",
          queries: { restarts: `sum(increase(kube_pod_container_status_restarts_total${pods}[1h]))` },
        },
      ],
    ],
  ];
}

function workerRows(name: string, namespace: string, slos: string[]): Row[] {
  const of = (more = "") => `{namespace="${namespace}",service="${name}"${more}}`;
  return [
    objectives(slos),
    [
      "Jobs",
      [
        {
          title: "Time to completion",
          queries: {
            P50: `histogram_quantile(0.5, sum(rate(job_duration_seconds_bucket${of()}[15m])) by (le))`,
            P95: `histogram_quantile(0.95, sum(rate(job_duration_seconds_bucket${of()}[15m])) by (le))`,
          },
          unit: "s",
        },
        {
          title: "Jobs done",
          queries: { "{{outcome}}": `sum(rate(job_duration_seconds_count${of()}[5m])) by (outcome)` },
        },
        { title: "Waiting", queries: { jobs: `sum(job_queue_depth${of()})` } },
        { title: "Oldest", queries: { age: `max(job_queue_oldest_seconds${of()})` }, unit: "s" },
      ],
    ],
  ];
}

/** Every dashboard, by file name: one a service and worker, one for stores, dependencies and objectives. */
export function dashboards(args: DashboardArgs): Record<string, string> {
  const slosOf = (service: string) => args.slos.filter(one => one.service === service).map(one => one.name);
  const boards: [string, string, Row[]][] = [
    ...args.services.map(({ name, namespace }): [string, string, Row[]] => [
      `service-${name}`,
      `Service ${name}`,
      serviceRows(name, namespace, slosOf(name)),
    ]),
    ...args.workers.map(({ name, namespace }): [string, string, Row[]] => [
      `worker-${name}`,
      `Worker ${name}`,
      workerRows(name, namespace, slosOf(name)),
    ]),
    ["objectives", "Objectives and error budgets", [objectives(args.slos.map(one => one.name))]],
    ["stores", "Data stores", storeRows(args.stores)],
    ...(args.dependencies.length > 0
      ? [["dependencies", "Dependencies outside", dependencyRows(args.dependencies)] as [string, string, Row[]]]
      : []),
  ];
  return Object.fromEntries(boards.map(([uid, title, rows]) => [`${uid}.json`, dashboard(uid, title, rows)]));
}
