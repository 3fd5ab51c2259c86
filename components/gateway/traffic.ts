import { refuse } from "../component";

/** How requests to something are limited, timed, retried and cut off: the same for a route in and a dependency out (S-007, S-126, S-167). */
export interface TrafficArgs {
  /** Longest a request may take, such as "5s". @default "5s" */
  timeout?: string;
  /** Requests that clients may make; a profile, or a number a unit. Counted by each proxy on its own. @default "standard" */
  rateLimit?: keyof typeof rateProfiles | { requests: number; per: "Second" | "Minute" | "Hour" };
  /** Times a request is tried again. Only failures before it was processed count, so a payment is not made twice. @default 2 */
  retries?: number;
  /** Requests in flight at once, to all pods together, from each proxy. @default 1024 */
  maxParallel?: number;
  /** Largest request body, a quantity. @default "1Mi" */
  maxBody?: string;
}

/** `strict` is the founding documents' own: ten calls, then 429 (S-074). */
export const rateProfiles = {
  strict: { requests: 10, per: "Minute" },
  standard: { requests: 100, per: "Second" },
  bulk: { requests: 1_000, per: "Second" },
} as const;

/** The traffic of a BackendTrafficPolicy, its targets left out. Source: gateway.envoyproxy.io/docs/api, v1.9. */
export function trafficSpec(where: string, args: TrafficArgs) {
  const { timeout = "5s", rateLimit = "standard", retries = 2, maxParallel = 1_024, maxBody = "1Mi" } = args;
  const limit = typeof rateLimit === "string" ? rateProfiles[rateLimit] : rateLimit;
  refuseBad(where, { timeout, retries, maxParallel, maxBody });
  return {
    rateLimit: {
      local: {
        rules: [
          {
            clientSelectors: [{ sourceCIDR: { type: "Distinct", value: "0.0.0.0/0" } }],
            limit: { requests: limit.requests, unit: limit.per },
          },
        ],
      },
    },
    // Every limit by number: the default is 1024 of each, whether a service can bear it or not.
    circuitBreaker: {
      maxConnections: maxParallel,
      maxPendingRequests: Math.max(1, Math.floor(maxParallel / 4)),
      maxParallelRequests: maxParallel,
      // Retries are at most a fifth of the traffic: a failing service is not buried by its callers.
      retryBudget: { percent: { numerator: 20 }, minRetryConcurrency: 3 },
    },
    retry: {
      numRetries: retries,
      perRetry: { timeout, backOff: { baseInterval: "100ms", maxInterval: "2s" } },
      retryOn: { triggers: ["connect-failure", "refused-stream", "reset-before-request"] },
    },
    timeout: { tcp: { connectTimeout: "2s" }, http: { requestTimeout: timeout } },
    healthCheck: {
      passive: { consecutive5XxErrors: 5, interval: "10s", baseEjectionTime: "30s", maxEjectionPercent: 50 },
      panicThreshold: 30,
    },
    requestBuffer: { limit: maxBody },
  };
}

function refuseBad(
  where: string,
  {
    timeout,
    retries,
    maxParallel,
    maxBody,
  }: { timeout: string; retries: number; maxParallel: number; maxBody: string },
): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  const fault = (propertyPath: string, found: unknown, needed: string) =>
    faults.push({ propertyPath, reason: `${propertyPath} is ${JSON.stringify(found)}; need ${needed}` });
  if (!/^\d+(ms|s|m)$/.test(timeout) || parseInt(timeout, 10) === 0)
    fault("timeout", timeout, 'a time above zero such as "5s"');
  if (retries < 0 || retries > 5) fault("retries", retries, "0 to 5: more is a storm");
  if (maxParallel < 1) fault("maxParallel", maxParallel, "at least 1");
  if (!/^[1-9]\d*(Ki|Mi|Gi)?$/.test(maxBody)) fault("maxBody", maxBody, 'a size such as "1Mi"');
  refuse(where, faults);
}
