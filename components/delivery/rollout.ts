import type { ServiceObjective } from "../observability/slo";
import { monitoringNamespace } from "../observability/names";

/**
 * How a new version takes over. `canary`: 5, 25, 50, 100 % of the traffic for 10, 15, 20, 30 minutes, measured all the
 * while and taken back by itself (S-077 to S-083, S-094, S-153, S-154); `blueGreen`: beside the old one, measured, then all at once.
 */
export type Strategy = "rolling" | "canary" | "blueGreen";

/** Share of traffic in percent, and minutes it is held. */
export const canarySteps: readonly [percent: number, minutes: number][] = [
  [5, 10],
  [25, 15],
  [50, 20],
  [100, 30],
];

interface RolloutArgs {
  name: string;
  namespace: string;
  strategy: "canary" | "blueGreen";
  objective?: ServiceObjective;
  /** Name of the HTTPRoute whose weights are shifted; without one, weights go by number of pods. */
  route?: string;
}

/**
 * The most errors a release may show, as a ratio. The founding documents give three limits, 0.5 %, 3 % and 5 %; the
 * strictest that is configured wins, and that is the objective's own budget.
 */
export const abortAbove = ({ availability = 99.9 }: ServiceObjective = {}): number =>
  Number(Math.min((100 - availability) / 100, 0.005).toPrecision(6));

/** A Rollout and what it is measured by, as plain data. Source: argo-rollouts.readthedocs.io, v1.8. */
export function rolloutSpec(
  a: RolloutArgs,
  given: { metadata: object; selector: Record<string, string>; template: object },
) {
  const { name, namespace, objective = {}, route } = a;
  const analysis = { templates: [{ templateName: `${name}-release` }] };
  const strategy =
    a.strategy === "canary"
      ? {
          canary: {
            abortScaleDownDelaySeconds: 30,
            stableService: name,
            canaryService: `${name}-canary`,
            maxSurge: "25%",
            maxUnavailable: 0,
            // Stable pods stay until the end: a rollback then needs no new ones.
            dynamicStableScale: false,
            ...(route
              ? {
                  // Without a route the controller refuses it: nothing would ever be released.
                  scaleDownDelaySeconds: 60,
                  trafficRouting: {
                    plugins: {
                      "argoproj-labs/gatewayAPI": { httpRoute: route, namespace, disableInProgressLabel: true },
                    },
                  },
                }
              : {}),
            steps: canarySteps.flatMap(([setWeight, minutes]) => [
              { setWeight },
              { pause: { duration: `${minutes}m` } },
            ]),
            // In the background from the first weight on: a bad minute in any step takes it back.
            analysis: { ...analysis, startingStep: 1 },
          },
        }
      : {
          blueGreen: {
            abortScaleDownDelaySeconds: 30,
            activeService: name,
            previewService: `${name}-canary`,
            autoPromotionEnabled: true,
            // The old version stands by for ten minutes: going back is one switch.
            scaleDownDelaySeconds: 600,
            prePromotionAnalysis: analysis,
            postPromotionAnalysis: analysis,
          },
        };
  return {
    rollout: {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: given.metadata,
      spec: {
        // No `replicas`: the autoscaler owns them.
        minReadySeconds: 10,
        revisionHistoryLimit: 5,
        rollbackWindow: { revisions: 3 },
        progressDeadlineSeconds: 600,
        progressDeadlineAbort: true,
        selector: { matchLabels: given.selector },
        template: given.template,
        strategy,
      },
    },
    analysis: {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AnalysisTemplate",
      metadata: { ...given.metadata, name: `${name}-release` },
      spec: { metrics: releaseMetrics(name, namespace, objective) },
    },
  };
}

/** Errors and latency of the new version's pods, a minute at a time. No traffic proves nothing: then people decide. */
function releaseMetrics(name: string, namespace: string, objective: ServiceObjective) {
  const { latencyMs = 500, latencyTarget = 95 } = objective;
  const of = `namespace="${namespace}",service="${name}-canary"`;
  const measure = (metric: string, query: string, limit: number) => ({
    name: metric,
    initialDelay: "2m",
    interval: "1m",
    successCondition: `len(result) > 0 && !isNaN(result[0]) && result[0] <= ${limit}`,
    failureCondition: `len(result) > 0 && !isNaN(result[0]) && result[0] > ${limit}`,
    failureLimit: 2,
    inconclusiveLimit: 5,
    consecutiveErrorLimit: 4,
    provider: { prometheus: { address: `http://prometheus-operated.${monitoringNamespace}.svc:9090`, query } },
  });
  return [
    measure(
      "error-rate",
      `(sum(rate(http_server_request_duration_seconds_count{${of},http_response_status_code=~"5.."}[5m])) or vector(0)) / sum(rate(http_server_request_duration_seconds_count{${of}}[5m]))`,
      abortAbove(objective),
    ),
    measure(
      "latency",
      `histogram_quantile(${latencyTarget / 100}, sum(rate(http_server_request_duration_seconds_bucket{${of}}[5m])) by (le))`,
      latencyMs / 1_000,
    ),
  ];
}
