import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:elasticache/replicationGroup:ReplicationGroup", {
  automaticFailoverEnabled: true,
  multiAzEnabled: true,
  snapshotRetentionLimit: 7,
});

export const cacheFailsOver = demandRule({
  id: "GL-AWS-08",
  slug: "cache-fails-over",
  title: "Caches of the cloud fail over to another zone and are saved daily.",
  why: "A cache in one zone is an outage of everything that waits for it.",
  fix: "Set automaticFailoverEnabled and multiAzEnabled to true, and snapshotRetentionLimit to at least 1.",
  severity: "high",
  requirements: ["S-128", "S-130"],
  items: ["A.3.1", "A.3.3"],
  mappings: ["NIST:CP-10", "NIST:CP-9", "CKV_AWS_134"],
  inspects: "cache",

  demand: {
    types: ["aws:elasticache/replicationGroup:ReplicationGroup"],
    clauses: [
      { of: "object", path: "automaticFailoverEnabled", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "multiAzEnabled", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "snapshotRetentionLimit", want: { atLeast: 1 }, needed: "at least 1 day" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["ReplicationGroup", "automaticFailoverEnabled"],
      { notMet: [[false, "automaticFailoverEnabled is false"]], unverifiable: [notKnown.boolean] },
      given,
    ),
    ...valuesAt(["ReplicationGroup", "multiAzEnabled"], { notMet: [[undefined, "multiAzEnabled is missing"]] }, given),
    ...valuesAt(
      ["ReplicationGroup", "snapshotRetentionLimit"],
      { notMet: [[0, "snapshotRetentionLimit is 0; need at least 1 day"]] },
      given,
    ),
    noneOfIt,
  ],
});
