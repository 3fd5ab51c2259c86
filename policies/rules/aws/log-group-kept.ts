import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:cloudwatch/logGroup:LogGroup", {
  retentionInDays: 90,
  kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:key/k",
});

export const logGroupKept = demandRule({
  id: "GL-AWS-19",
  slug: "log-group-kept",
  title: "Log groups are kept for at least 90 days, encrypted with a key of ours.",
  why: "An intrusion is found after months; without a limit the bill grows for ever.",
  fix: "Set retentionInDays to 90 or more, and kmsKeyId.",
  severity: "medium",
  requirements: ["S-145"],
  items: ["C.2.2"],
  mappings: ["NIST:AU-11", "NIST:SC-28", "CKV_AWS_66", "CKV_AWS_158"],
  inspects: "log group",

  demand: {
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    clauses: [
      { of: "object", path: "retentionInDays", want: { atLeast: 90 }, needed: "at least 90" },
      { of: "object", path: "kmsKeyId", want: { present: true }, needed: "a key of ours" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["LogGroup", "retentionInDays"],
      {
        met: [90, 365],
        notMet: [
          [undefined, "retentionInDays is missing; need at least 90"],
          [7, "retentionInDays is 7"],
        ],
        unverifiable: [notKnown.number],
      },
      given,
    ),
    ...valuesAt(
      ["LogGroup", "kmsKeyId"],
      { met: [notKnown.string], notMet: [[undefined, "kmsKeyId is missing"]] },
      given,
    ),
    noneOfIt,
  ],
});
