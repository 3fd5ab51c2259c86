import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import type { Registered } from "../../cli/in-process/engine";
import { alertmanagerConfig } from "../../components/observability/alertmanager-config";
import { serviceSlos, sloRules, workerSlos } from "../../components/observability/slo";
import { checkFiles, has } from "../support/programs";
import { reasonsOf, registeredBy } from "../support/program";

/**
 * Alerts as Prometheus and Alertmanager themselves read them: their own checkers, and scenarios in which an alert must
 * fire, must not fire, and must be over again. Needs promtool and amtool (Debian: prometheus, prometheus-alertmanager).
 */

interface Group {
  name: string;
  rules: { alert?: string; record?: string; expr: string; labels?: Record<string, string> }[];
}

describe("alerts, by Prometheus' own tools", function () {
  this.timeout(120_000);
  let groups: Group[];
  before(async function () {
    if (!has("promtool") || !has("amtool")) {
      console.log("      not run: promtool and amtool are not on PATH (Debian: prometheus, prometheus-alertmanager)");
      this.skip();
    }
    const all: Registered[] = await registeredBy("production");
    groups = all
      .filter(one => one.type.endsWith(":PrometheusRule"))
      .flatMap(one => (one.inputs.spec as unknown as { groups: Group[] }).groups);
  });

  it("are rules that Prometheus can read, all of them", () => {
    const { code, said } = checkFiles("promtool", ["check", "rules", "rules.yaml"], {
      "rules.yaml": stringify({ groups }),
    });
    assert.equal(code, 0, said);
    assert.match(said, /SUCCESS: \d{3} rules found/);
  });

  it("go where Alertmanager can send them: pages, tickets and the heartbeat each their own way", () => {
    for (const kind of ["pagerduty", "webhook"] as const) {
      const text = alertmanagerConfig({ page: { kind }, repeatMinutes: 15, ticketHours: 24 });
      // Debian's amtool 0.25 does not know `url_file` yet, which came with 0.26: it gets an address in its place.
      const known = text.replace(/url_file: .*/g, "url: http://localhost/");
      const { code, said } = checkFiles("amtool", ["check-config", "alertmanager.yaml"], {
        "alertmanager.yaml": known,
      });
      assert.equal(code, 0, said);
      const routes: [string[], string][] = [
        [["alertname=Watchdog", "severity=info"], "watchdog"],
        [["alertname=SloBurnFast", "severity=critical"], "page"],
        [["alertname=SloBurnSlow", "severity=warning"], "ticket"],
        [["alertname=Strange"], "ticket"],
      ];
      for (const [labels, receiver] of routes) {
        const routed = checkFiles("amtool", ["config", "routes", "test", "--config.file=a.yaml", ...labels], {
          "a.yaml": known,
        });
        assert.equal(routed.said.split("\n")[0], receiver, labels.join(" "));
      }
    }
  });

  /** One scenario: series, and at which minutes an alert is on. */
  interface Scenario {
    says: string;
    series: Record<string, string>;
    alert: string;
    /** Minute to whether it fires then. */
    at: Record<number, boolean>;
    labels?: Record<string, string>;
  }

  const api = '{namespace="inulearning",service="api"';
  const count = (code: string) =>
    `http_server_request_duration_seconds_count${api},http_response_status_code="${code}"}`;
  const bucket = `http_server_request_duration_seconds_bucket${api},le="0.5"}`;
  const sound = { [count("200")]: "0+600x400", [bucket]: "0+600x400" };

  const scenarios: Scenario[] = [
    {
      says: "a service that fails one request in twenty for half an hour burns its budget fast, and stops burning it",
      series: {
        [count("200")]: "0+570x30 17670+600x370",
        [count("500")]: "0+30x30 900+0x370",
        [bucket]: "0+600x400",
      },
      alert: "SloBurnFast",
      at: { 3: true, 25: true, 390: false },
    },
    {
      says: "a sound service burns nothing",
      series: sound,
      alert: "SloBurnFast",
      at: { 10: false, 60: false, 390: false },
    },
    {
      says: "one request in two hundred fails: nobody is woken, somebody gets a ticket",
      series: { [count("200")]: "0+597x400", [count("500")]: "0+3x400", [bucket]: "0+600x400" },
      alert: "SloBurnSlow",
      at: { 200: true },
    },
    {
      says: "one request in two hundred fails: that wakes nobody",
      series: { [count("200")]: "0+597x400", [count("500")]: "0+3x400", [bucket]: "0+600x400" },
      alert: "SloBurnFast",
      at: { 60: false, 200: false },
    },
    {
      says: "half the answers come late: that is a promise broken too",
      series: { [count("200")]: "0+600x400", [bucket]: "0+300x400" },
      alert: "SloBurnFast",
      at: { 30: true },
      labels: { slo: "api-latency" },
    },
    {
      says: "two failures of four requests an hour wake nobody: a ratio of so few says nothing",
      series: { [count("200")]: "0+0x20 1+0x20 2+0x300", [count("500")]: "0+0x25 1+0x300", [bucket]: "0+0x400" },
      alert: "SloBurnFast",
      at: { 60: false },
    },
    {
      says: "but four failures of ten in an hour are seen",
      series: { [count("200")]: "0+0.1x400", [count("500")]: "0+0.067x400", [bucket]: "0+0.1x400" },
      alert: "SloErrorsAtLowTraffic",
      at: { 90: true },
    },
    {
      says: "a histogram without the bound of the objective is no good latency: the signal is lost, and that is said",
      series: {
        [count("200")]: "0+600x60",
        [`http_server_request_duration_seconds_bucket${api},le="0.25"}`]: "0+1x60",
      },
      alert: "SloSignalLost",
      at: { 30: true },
      labels: { slo: "api-latency" },
    },
    {
      says: "a service that nobody measures any more",
      series: {},
      alert: "SloSignalLost",
      at: { 10: false, 30: true },
      labels: { slo: "api-availability" },
    },
    {
      says: "no traffic at all is no failure",
      series: { [count("200")]: "5+0x60", [bucket]: "5+0x60" },
      alert: "SloSignalLost",
      at: { 30: false },
      labels: { slo: "api-availability" },
    },
    {
      says: "a database instance goes and comes back",
      series: { 'cnpg_collector_up{namespace="data",cluster="postgres",pod="p-1"}': "1x5 0x10 1x20" },
      alert: "PostgresDown",
      at: { 4: false, 10: true, 30: false },
    },
    {
      says: "the oplog stops being shipped",
      series: { 'mongodb_pbm_cluster_pitr_backup_enabled{namespace="data",cluster="documents"}': "1x5 0x20 1x20" },
      alert: "MongodbOplogNotShipped",
      at: { 4: false, 15: true, 40: false },
    },
    {
      says: "a dependency goes and comes back",
      series: { 'probe_success{job="dependency-ai"}': "1x5 0x10 1x20" },
      alert: "DependencyDown",
      at: { 5: false, 14: true, 30: false },
    },
    {
      says: "the door is left with one proxy",
      series: { 'up{namespace="gateway",pod="a"}': "1x30", 'up{namespace="gateway",pod="b"}': "1x5 0x10 1x15" },
      alert: "GatewayDown",
      at: { 4: false, 12: true, 25: false },
    },
    {
      says: "a queue nobody works off",
      series: { 'job_queue_oldest_seconds{namespace="inulearning",service="analyser"}': "0+60x40 0x40" },
      alert: "QueueGrows",
      at: { 9: false, 35: true, 60: false },
    },
    {
      says: "a volume fills, and is made larger",
      series: {
        'kubelet_volume_stats_available_bytes{persistentvolumeclaim="v"}': "50x5 5x20 60x20",
        'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="v"}': "100x60",
      },
      alert: "VolumeNearlyFull",
      at: { 4: false, 20: true, 40: false },
    },
    {
      says: "no restore has succeeded for nine days",
      series: {
        'kube_cronjob_status_last_successful_time{namespace="data",cronjob="redis-restore-drill"}': "-777600x120",
      },
      alert: "RestoreDrillTooOld",
      at: { 30: false, 70: true },
    },
    { says: "the heartbeat always beats", series: {}, alert: "Watchdog", at: { 0: true, 60: true } },
  ];
  for (const scenario of scenarios)
    it(scenario.says, () => {
      const { code, said } = checkFiles("promtool", ["test", "rules", "test.yaml"], {
        // The group of the alert is enough, and quicker by far.
        "rules.yaml": stringify({
          groups: groups.filter(one =>
            one.rules.some(({ alert, labels }) => alert === scenario.alert && (labels?.slo ?? "api").startsWith("api")),
          ),
        }),
        "test.yaml": stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: [testOf(scenario)] }),
      });
      assert.equal(code, 0, said);
    });

  /** promtool wants every label of what fires; which alerts are on is asked by the series Prometheus keeps of them. */
  function testOf({ series, alert, at, labels = {} }: Scenario): object {
    const picks = Object.entries({ alertname: alert, alertstate: "firing", ...labels })
      .map(([key, value]) => `${key}="${value}"`)
      .join(",");
    return {
      interval: "1m",
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: Object.entries(at).map(([minute, fires]) => ({
        expr: `clamp_max(count(ALERTS{${picks}}), 1) or vector(-1)`,
        eval_time: `${minute}m`,
        exp_samples: [{ labels: "{}", value: fires ? 1 : -1 }],
      })),
    };
  }
});

describe("objectives", () => {
  it("burn by the factors of thirty days: 14.4, 6, 3, 1", () => {
    const { alerts } = sloRules(serviceSlos("api", "shop")[0]!);
    const [fast, slow] = alerts.map(one => one.expr);
    for (const limit of ["0.0144", "0.006"]) assert.ok(fast!.includes(`> ${limit} `), fast);
    for (const limit of ["0.003", "0.001"]) assert.ok(slow!.includes(`> ${limit} `), slow);
  });

  it("are of requests for a service, and of jobs for a worker", () => {
    assert.deepEqual(
      [...serviceSlos("api", "shop"), ...workerSlos("ai", "shop")].map(one => [one.name, one.objective]),
      [
        ["api-availability", 99.9],
        ["api-latency", 95],
        ["ai-success", 99],
        ["ai-latency", 95],
      ],
    );
  });

  it("refuse a promise without a budget, and an expression without a window", () =>
    assert.deepEqual(
      reasonsOf(() => sloRules({ name: "x", service: "x", objective: 100, total: "sum(x)", bad: "y[$window]" })),
      [
        "objective is 100; need a percentage between 0 and 100: at 100 there is no budget to burn",
        "total has no [$window]; need the window's place in the expression",
      ],
    ));

  it("wake by the severity that routes: critical pages, the rest become tickets", () => {
    const config = parse(alertmanagerConfig({ page: { kind: "webhook" }, repeatMinutes: 5, ticketHours: 1 })) as {
      route: { receiver: string; routes: { receiver: string }[] };
    };
    assert.deepEqual(
      [config.route.receiver, ...config.route.routes.map(one => one.receiver)],
      ["ticket", "watchdog", "page", "ticket"],
    );
  });
});
