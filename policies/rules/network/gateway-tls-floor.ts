import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:gateway.envoyproxy.io/v1alpha1:ClientTrafficPolicy", {
  metadata: { name: "api", namespace: "shop" },
  spec: { tls: { minVersion: "1.2" } },
});

/** Source: gateway.envoyproxy.io, "ClientTrafficPolicy", v1.6. */
export const gatewayTlsFloor = demandRule({
  id: "GL-NET-10",
  slug: "gateway-tls-floor",
  title: "The gateway speaks TLS 1.2 or newer.",
  why: "Older versions can be broken by who listens long enough.",
  fix: 'Set tls.minVersion to "1.2" or "1.3".',
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-8", "NIST:SC-13"],
  inspects: "client policy",
  showable: ["minVersion"],
  demand: {
    kinds: ["gateway.envoyproxy.io/ClientTrafficPolicy"],
    clauses: [
      {
        of: "object",
        path: "spec.tls.minVersion",
        required: true,
        want: { oneOf: ["1.2", "1.3"] },
        needed: '"1.2" or "1.3"',
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["ClientTrafficPolicy", "spec.tls.minVersion"],
      {
        met: ["1.3"],
        notMet: [
          [undefined, "minVersion is missing"],
          ["1.0", 'spec.tls.minVersion is "1.0"; need "1.2" or "1.3"'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
