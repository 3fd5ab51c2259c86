import type { Alert } from "../pod";

/** What somebody has to know of the gateway, from Envoy's own series. Source: envoyproxy.io, "Statistics". */
export function gatewayAlerts(namespace: string): Alert[] {
  const of = (more = "") => `{namespace="${namespace}"${more}}`;
  const errors = `sum(rate(envoy_cluster_upstream_rq_xx${of(',envoy_response_code_class="5"')}[5m])) by (envoy_cluster_name)`;
  const total = `sum(rate(envoy_cluster_upstream_rq_total${of()}[5m])) by (envoy_cluster_name)`;
  return [
    {
      name: "GatewayDown",
      expr: `absent(up${of()}) or sum(up${of()}) < 2`,
      for: "2m",
      severity: "critical",
      summary: "Fewer than two proxies are there: the next one lost closes the door.",
    },
    {
      name: "GatewayUpstreamErrors",
      expr: `${errors} / ${total} > 0.05 and ${total} > 1`,
      for: "5m",
      severity: "critical",
      summary: "More than one request in twenty to a service ends in a server error.",
    },
    {
      name: "GatewayCircuitOpen",
      expr: `max(envoy_cluster_circuit_breakers_default_rq_open${of()}) by (envoy_cluster_name) > 0`,
      for: "2m",
      severity: "warning",
      summary: "A breaker is open: requests to a service are refused at the door.",
    },
    {
      name: "GatewayRateLimited",
      expr: `sum(rate(envoy_http_local_rate_limit_rate_limited${of()}[5m])) > 10`,
      for: "15m",
      severity: "warning",
      summary: "Many requests are turned away by the rate limit: an attack, or a limit that is too low.",
    },
    {
      name: "GatewayEjectsEndpoints",
      expr: `max(envoy_cluster_outlier_detection_ejections_active${of()}) by (envoy_cluster_name) > 0`,
      for: "10m",
      severity: "warning",
      summary: "Pods of a service keep failing and are left out.",
    },
  ];
}
