import type { Ai } from "./ai";

/** Upper bounds in seconds, as OpenTelemetry's conventions for HTTP servers give them. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const name = "http_server_request_duration_seconds";

/** Requests as the platform's objectives, dashboards and releases read them. */
export class Metrics {
  #rows = new Map<string, { route: string; status: number; buckets: number[]; count: number; sum: number }>();

  observe(route: string, status: number, seconds: number): void {
    const key = `${route} ${status}`;
    const row = this.#rows.get(key) ?? { route, status, buckets: bounds.map(() => 0), count: 0, sum: 0 };
    this.#rows.set(key, row);
    for (const [index, bound] of bounds.entries()) if (seconds <= bound) row.buckets[index]!++;
    row.count++;
    row.sum += seconds;
  }

  text(ai: Ai): string {
    const lines = [`# TYPE ${name} histogram`];
    for (const { route, status, buckets, count, sum } of this.#rows.values()) {
      const labels = `http_route="${route}",http_response_status_code="${status}"`;
      for (const [index, bound] of bounds.entries())
        lines.push(`${name}_bucket{${labels},le="${bound}"} ${buckets[index]}`);
      lines.push(
        `${name}_bucket{${labels},le="+Inf"} ${count}`,
        `${name}_sum{${labels}} ${sum}`,
        `${name}_count{${labels}} ${count}`,
      );
    }
    lines.push("# TYPE ai_calls_total counter");
    for (const [outcome, count] of ai.outcomes) lines.push(`ai_calls_total{outcome="${outcome}"} ${count}`);
    lines.push("# TYPE ai_breaker_open gauge", `ai_breaker_open ${ai.isOpen ? 1 : 0}`);
    return `${lines.join("\n")}\n`;
  }
}
