import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:rds/instance:Instance", { backupRetentionPeriod: 35 });

export const databaseBackedUp = demandRule({
  id: "GL-AWS-04",
  slug: "database-backed-up",
  title: "Databases of the cloud are backed up for two weeks and leave a last snapshot.",
  why: "A mistake is often found after days; a deleted database without a last snapshot is gone.",
  fix: "Set backupRetentionPeriod to at least 14, and skipFinalSnapshot to false.",
  severity: "critical",
  requirements: ["S-130", "S-131"],
  items: ["A.3.3", "F.6"],
  mappings: ["NIST:CP-9", "ISO:8.13", "CKV_AWS_133"],
  inspects: "database",

  demand: {
    types: ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster"],
    clauses: [
      { of: "object", path: "backupRetentionPeriod", want: { atLeast: 14 }, needed: "at least 14 days" },
      { of: "object", path: "skipFinalSnapshot", want: { oneOf: [false] }, needed: "false" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Instance", "backupRetentionPeriod"],
      {
        met: [14, 35],
        notMet: [
          [undefined, "backupRetentionPeriod is missing; need at least 14 days"],
          [1, "backupRetentionPeriod is 1"],
        ],
        unverifiable: [notKnown.number],
      },
      given,
    ),
    ...valuesAt(
      ["Instance", "skipFinalSnapshot"],
      { met: [false], notMet: [[true, "skipFinalSnapshot is true; need false"]] },
      given,
    ),
    noneOfIt,
  ],
});
