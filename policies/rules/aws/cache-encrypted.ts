import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:elasticache/replicationGroup:ReplicationGroup", {
  atRestEncryptionEnabled: true,
  transitEncryptionEnabled: true,
});

export const cacheEncrypted = demandRule({
  id: "GL-AWS-07",
  slug: "cache-encrypted",
  title: "Caches of the cloud are encrypted at rest and on the way.",
  why: "A cache holds sessions and answers of everybody.",
  fix: "Set atRestEncryptionEnabled and transitEncryptionEnabled to true.",
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-8", "NIST:SC-28", "CKV_AWS_29", "CKV_AWS_30"],
  inspects: "cache",

  demand: {
    types: ["aws:elasticache/replicationGroup:ReplicationGroup"],
    clauses: [
      { of: "object", path: "atRestEncryptionEnabled", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "transitEncryptionEnabled", required: true, want: { oneOf: [true] }, needed: "true" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["ReplicationGroup", "atRestEncryptionEnabled"],
      { notMet: [[undefined, "atRestEncryptionEnabled is missing; need true"]], unverifiable: [notKnown.boolean] },
      given,
    ),
    ...valuesAt(
      ["ReplicationGroup", "transitEncryptionEnabled"],
      { notMet: [[false, "transitEncryptionEnabled is false; need true"]] },
      given,
    ),
    noneOfIt,
  ],
});
