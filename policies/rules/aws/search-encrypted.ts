import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:opensearch/domain:Domain", {
  encryptAtRest: { enabled: true },
  nodeToNodeEncryption: { enabled: true },
  domainEndpointOptions: { enforceHttps: true },
});

export const searchEncrypted = demandRule({
  id: "GL-AWS-25",
  slug: "search-encrypted",
  title: "Search domains are encrypted at rest, between their nodes and towards their clients.",
  why: "Logs and traces hold what every service said.",
  fix: "Set encryptAtRest.enabled, nodeToNodeEncryption.enabled and domainEndpointOptions.enforceHttps to true.",
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-8", "NIST:SC-28", "CKV_AWS_5", "CKV_AWS_6", "CKV_AWS_83"],
  inspects: "domain",

  demand: {
    types: ["aws:opensearch/domain:Domain"],
    clauses: [
      { of: "object", path: "encryptAtRest.enabled", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "nodeToNodeEncryption.enabled", required: true, want: { oneOf: [true] }, needed: "true" },
      {
        of: "object",
        path: "domainEndpointOptions.enforceHttps",
        required: true,
        want: { oneOf: [true] },
        needed: "true",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Domain", "encryptAtRest"],
      { notMet: [[undefined, "encryptAtRest.enabled is missing; need true"]], unverifiable: [notKnown.object] },
      given,
    ),
    ...valuesAt(
      ["Domain", "nodeToNodeEncryption.enabled"],
      { notMet: [[false, "nodeToNodeEncryption.enabled is false"]] },
      given,
    ),
    ...valuesAt(
      ["Domain", "domainEndpointOptions.enforceHttps"],
      { notMet: [[false, "enforceHttps is false"]] },
      given,
    ),
    noneOfIt,
  ],
});
