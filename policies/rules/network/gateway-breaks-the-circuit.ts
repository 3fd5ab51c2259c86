import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy", {
  metadata: { name: "api", namespace: "shop" },
  spec: {
    circuitBreaker: { maxConnections: 100, maxPendingRequests: 10 },
    timeout: { http: { requestTimeout: "5s" } },
  },
});

/** Source: gateway.envoyproxy.io, "BackendTrafficPolicy", v1.6. */
export const gatewayBreaksTheCircuit = demandRule({
  id: "GL-NET-09",
  slug: "gateway-breaks-the-circuit",
  title: "What passes the gateway has a deadline and a circuit breaker.",
  why: "A slow service fills the gateway with waiting requests, and then all services are slow.",
  fix: "Set circuitBreaker with explicit limits and timeout.http.requestTimeout.",
  severity: "high",
  requirements: ["S-126", "S-167"],
  items: ["A.2.2", "F.3"],
  mappings: ["NIST:SC-5"],
  inspects: "traffic policy",
  showable: ["requestTimeout"],
  demand: {
    kinds: ["gateway.envoyproxy.io/BackendTrafficPolicy"],
    clauses: [
      { of: "object", path: "spec.circuitBreaker.maxConnections", want: { present: true }, needed: "a limit" },
      { of: "object", path: "spec.circuitBreaker.maxPendingRequests", want: { present: true }, needed: "a limit" },
      {
        of: "object",
        path: "spec.timeout.http.requestTimeout",
        required: true,
        want: { matches: "^[1-9]" },
        needed: "a deadline",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["BackendTrafficPolicy", "spec.circuitBreaker"],
      { notMet: [[undefined, "spec.circuitBreaker.maxConnections is missing; need a limit"]] },
      given,
    ),
    ...valuesAt(
      ["BackendTrafficPolicy", "spec.timeout.http.requestTimeout"],
      {
        notMet: [
          [undefined, "requestTimeout is missing; need a deadline"],
          ["0s", 'requestTimeout is "0s"'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
