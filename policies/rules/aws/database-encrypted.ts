import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:rds/instance:Instance", {
  storageEncrypted: true,
  kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:key/k",
});

export const databaseEncrypted = demandRule({
  id: "GL-AWS-01",
  slug: "database-encrypted",
  title: "Databases of the cloud are encrypted with a key of ours.",
  why: "A copied snapshot of an unencrypted database is readable by whoever holds it; encryption cannot be switched on later.",
  fix: "Set storageEncrypted to true and kmsKeyId to a key of this account.",
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["AWS:2.3.1", "NIST:SC-28", "CKV_AWS_16"],
  inspects: "database",

  demand: {
    types: ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster"],
    clauses: [
      { of: "object", path: "storageEncrypted", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "kmsKeyId", want: { present: true }, needed: "a key of ours" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Instance", "storageEncrypted"],
      {
        met: [true],
        notMet: [
          [undefined, "storageEncrypted is missing; need true"],
          [false, "storageEncrypted is false; need true"],
        ],
        unverifiable: [notKnown.boolean],
      },
      given,
    ),
    ...valuesAt(
      ["Instance", "kmsKeyId"],
      { met: [notKnown.string], notMet: [[undefined, "kmsKeyId is missing; need a key of ours"]] },
      given,
    ),
    noneOfIt,
  ],
});
