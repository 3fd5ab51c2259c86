import { refuse } from "../component";

/**
 * What a service promises, as recording rules and multi-window burn-rate alerts (S-120 to S-124, S-147). Windows and factors are those of the
 * SRE Workbook for thirty days: a page when 2 % of the budget goes in an hour or 5 % in six, a ticket when 10 % goes in
 * a day or in three. Pure; the dashboards draw its series.
 */
export interface Slo {
  /** Name, unique in the system, such as "api-availability". */
  name: string;
  /** Service or worker the promise is about. */
  service: string;
  /** Share of good events, in percent, such as 99.9. */
  objective: number;
  /** Rate of all events over a window, with `$window` where it stands, such as `sum(rate(x[$window]))`. */
  total: string;
  /** Rate of bad events, likewise. */
  bad: string;
  /** Events an hour below which a ratio says nothing, and single errors are looked at instead. @default 60 */
  leastPerHour?: number;
}

/** Long and short window, how many times the even burn, and who is told. */
const burns = [
  { long: "1h", short: "5m", factor: 14.4, severity: "critical" },
  { long: "6h", short: "30m", factor: 6, severity: "critical" },
  { long: "1d", short: "2h", factor: 3, severity: "warning" },
  { long: "3d", short: "6h", factor: 1, severity: "warning" },
] as const;

export const sloWindows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;
export const budgetDays = 30;

interface RecordingRule {
  record: string;
  expr: string;
  labels: Record<string, string>;
}

interface AlertingRule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Names of the series, for dashboards and for the evidence of objectives. */
export const sloSeries = {
  error: (window: string) => `slo:sli_error:ratio_rate${window}`,
  month: `slo:sli_error:ratio_rate${budgetDays}d`,
  remaining: "slo:error_budget:remaining_ratio",
  objective: "slo:objective:ratio",
};

/** The rules of one promise. */
export function sloRules(slo: Slo): { recordings: RecordingRule[]; alerts: AlertingRule[] } {
  refuseBad(slo);
  const labels = { slo: slo.name, service: slo.service };
  const of = `{slo="${slo.name}"}`;
  const budget = (100 - slo.objective) / 100;
  const at = (expr: string, window: string) => expr.replaceAll("$window", window);
  const least = slo.leastPerHour ?? 60;
  const perHour = `(${at(slo.total, "1h")}) * 3600`;
  const alert = (
    name: string,
    severity: "critical" | "warning",
    holds: string,
    expr: string,
    summary: string,
  ): AlertingRule => ({
    alert: name,
    expr,
    for: holds,
    labels: { ...labels, severity },
    annotations: { summary, runbook: `docs/runbooks/slo.md#${name.toLowerCase()}` },
  });
  const burning = (severity: "critical" | "warning") =>
    burns
      .filter(one => one.severity === severity)
      .map(
        ({ long, short, factor }) =>
          `(${sloSeries.error(long)}${of} > ${number(factor * budget)} and ${sloSeries.error(short)}${of} > ${number(factor * budget)})`,
      )
      .join(" or ");
  return {
    recordings: [
      ...sloWindows.map(window => ({
        record: sloSeries.error(window),
        // No traffic is no error. But where traffic is and bad events cannot be told, nothing is recorded: a ratio of
        // nothing would look perfect for ever.
        expr: `(${at(slo.bad, window)}) / ((${at(slo.total, window)}) > 0) or ((${at(slo.total, window)}) == 0)`,
        labels,
      })),
      {
        record: sloSeries.month,
        // Out of the short ratio, and not out of thirty days of raw series: those would be read at every evaluation.
        expr: `sum_over_time(${sloSeries.error("5m")}${of}[${budgetDays}d]) / count_over_time(${sloSeries.error("5m")}${of}[${budgetDays}d])`,
        labels,
      },
      { record: sloSeries.remaining, expr: `1 - ${sloSeries.month}${of} / ${number(budget)}`, labels },
      { record: sloSeries.objective, expr: `vector(${number(slo.objective / 100)})`, labels },
    ],
    alerts: [
      alert(
        "SloBurnFast",
        "critical",
        "2m",
        `(${burning("critical")}) and on() ${perHour} >= ${least}`,
        `${slo.service} spends its error budget so fast that it is gone within days (${slo.name}).`,
      ),
      alert(
        "SloBurnSlow",
        "warning",
        "15m",
        `(${burning("warning")}) and on() ${perHour} >= ${least}`,
        `${slo.service} spends its error budget faster than it lasts (${slo.name}).`,
      ),
      // A ratio of a handful of requests means nothing; but three failures of five are three people turned away.
      alert(
        "SloErrorsAtLowTraffic",
        "warning",
        "5m",
        `(${at(slo.bad, "1h")}) * 3600 >= 3 and on() ${perHour} < ${least} and on() (${at(slo.bad, "1h")}) / (${at(slo.total, "1h")}) > 0.1`,
        `${slo.service} has little traffic, and more than one request in ten fails (${slo.name}).`,
      ),
      alert(
        "SloSignalLost",
        "warning",
        "15m",
        `absent(${sloSeries.error("5m")}${of})`,
        `Nothing measures ${slo.name} any more: no alert about it can fire.`,
      ),
      alert(
        "SloBudgetSpent",
        "warning",
        "15m",
        `${sloSeries.remaining}${of} <= 0`,
        `${slo.service} has spent its error budget of ${budgetDays} days: releases are frozen (${slo.name}).`,
      ),
    ],
  };
}

/** Without the digits that binary fractions leave behind. */
const number = (value: number): string => String(Number(value.toPrecision(12)));

function refuseBad({ name, objective, total, bad }: Slo): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  if (objective <= 0 || objective >= 100)
    faults.push({
      propertyPath: "objective",
      reason: `objective is ${objective}; need a percentage between 0 and 100: at 100 there is no budget to burn`,
    });
  for (const [key, expr] of Object.entries({ total, bad }))
    if (!expr.includes("[$window]"))
      faults.push({ propertyPath: key, reason: `${key} has no [$window]; need the window's place in the expression` });
  refuse(`objective ${name}`, faults);
}

/** A bound of a histogram; whole numbers are written with and without a fraction, by version of the exporter. */
const bound = (seconds: number): string =>
  `,le=~"${String(seconds).replace(".", "[.]")}${Number.isInteger(seconds) ? "([.]0)?" : ""}"`;

/** What a service promises its callers. */
export interface ServiceObjective {
  /** Requests that do not end in a server error, in percent. @default 99.9 */
  availability?: number;
  /** Milliseconds within which requests are answered; one of the histogram's own bounds. @default 500 */
  latencyMs?: number;
  /** Share of requests answered in time, in percent. @default 95 */
  latencyTarget?: number;
}

/** The objectives of a service that exports OpenTelemetry's HTTP server metrics (S-120 to S-122). */
export function serviceSlos(service: string, namespace: string, given: ServiceObjective = {}): Slo[] {
  const { availability = 99.9, latencyMs = 500, latencyTarget = 95 } = given;
  // A new version on its way counts too.
  const of = (more = "") => `{namespace="${namespace}",service=~"${service}(-canary)?"${more}}`;
  const count = (more = "") => `sum(rate(http_server_request_duration_seconds_count${of(more)}[$window]))`;
  const within = `sum(rate(http_server_request_duration_seconds_bucket${of(bound(latencyMs / 1000))}[$window]))`;
  return [
    {
      name: `${service}-availability`,
      service,
      objective: availability,
      total: count(),
      bad: `${count(',http_response_status_code=~"5.."')} or vector(0)`,
    },
    {
      name: `${service}-latency`,
      service,
      objective: latencyTarget,
      total: count(),
      bad: `${count()} - ${within}`,
    },
  ];
}

/** What a worker promises of its jobs (S-123). */
export interface WorkerObjective {
  /** Jobs that succeed, in percent. @default 99 */
  success?: number;
  /** Seconds within which jobs are done; one of the histogram's own bounds. @default 300 */
  withinSeconds?: number;
  /** Share of jobs done in time, in percent. @default 95 */
  target?: number;
}

/** The objectives of a worker that exports `job_duration_seconds`, by outcome. */
export function workerSlos(worker: string, namespace: string, given: WorkerObjective = {}): Slo[] {
  const { success = 99, withinSeconds = 300, target = 95 } = given;
  const of = (more = "") => `{namespace="${namespace}",service="${worker}"${more}}`;
  const count = (more = "") => `sum(rate(job_duration_seconds_count${of(more)}[$window]))`;
  const within = `sum(rate(job_duration_seconds_bucket${of(bound(withinSeconds))}[$window]))`;
  const common = { service: worker, leastPerHour: 10 };
  return [
    {
      ...common,
      name: `${worker}-success`,
      objective: success,
      total: count(),
      bad: `${count(',outcome="failed"')} or vector(0)`,
    },
    { ...common, name: `${worker}-latency`, objective: target, total: count(), bad: `${count()} - ${within}` },
  ];
}
