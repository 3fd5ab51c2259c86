import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:dynamodb/table:Table", {
  pointInTimeRecovery: { enabled: true },
  serverSideEncryption: { enabled: true },
  deletionProtectionEnabled: true,
});

export const tableRecoverable = demandRule({
  id: "GL-AWS-09",
  slug: "table-recoverable",
  title: "Tables can be brought back to any second, are encrypted with a key of ours, and refuse to be deleted.",
  why: "A wrong write is copied to every replica within a second; only going back in time helps.",
  fix: "Set pointInTimeRecovery.enabled, serverSideEncryption.enabled and deletionProtectionEnabled to true.",
  severity: "high",
  requirements: ["S-130", "S-131"],
  items: ["A.3.3"],
  mappings: ["NIST:CP-9", "NIST:SC-28", "CKV_AWS_28", "CKV_AWS_119"],
  inspects: "table",

  demand: {
    types: ["aws:dynamodb/table:Table"],
    clauses: [
      { of: "object", path: "pointInTimeRecovery.enabled", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "serverSideEncryption.enabled", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "deletionProtectionEnabled", required: true, want: { oneOf: [true] }, needed: "true" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Table", "pointInTimeRecovery"],
      { notMet: [[undefined, "pointInTimeRecovery.enabled is missing; need true"]], unverifiable: [notKnown.object] },
      given,
    ),
    ...valuesAt(
      ["Table", "serverSideEncryption.enabled"],
      { notMet: [[false, "serverSideEncryption.enabled is false"]] },
      given,
    ),
    ...valuesAt(
      ["Table", "deletionProtectionEnabled"],
      { notMet: [[false, "deletionProtectionEnabled is false"]] },
      given,
    ),
    noneOfIt,
  ],
});
