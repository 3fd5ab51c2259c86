import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:secretsmanager/secret:Secret", {
  kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:key/k",
  recoveryWindowInDays: 30,
});

export const secretKept = demandRule({
  id: "GL-AWS-21",
  slug: "secret-kept",
  title: "Secrets of the cloud are encrypted with a key of ours, and can be brought back for a month.",
  why: "With the account key everybody in the account who may read secrets may read this one.",
  fix: "Set kmsKeyId, and recoveryWindowInDays to 30.",
  severity: "high",
  requirements: ["S-151", "S-165"],
  items: ["D.1.2", "F.1"],
  mappings: ["NIST:SC-28", "CKV_AWS_149"],
  inspects: "secret",

  demand: {
    types: ["aws:secretsmanager/secret:Secret"],
    clauses: [
      { of: "object", path: "kmsKeyId", want: { present: true }, needed: "a key of ours" },
      { of: "object", path: "recoveryWindowInDays", want: { atLeast: 7 }, needed: "at least 7" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Secret", "kmsKeyId"],
      { met: [notKnown.string], notMet: [[undefined, "kmsKeyId is missing; need a key of ours"]] },
      given,
    ),
    ...valuesAt(
      ["Secret", "recoveryWindowInDays"],
      { met: [7, 30], notMet: [[0, "recoveryWindowInDays is 0; need at least 7"]], unverifiable: [notKnown.number] },
      given,
    ),
    noneOfIt,
  ],
});
