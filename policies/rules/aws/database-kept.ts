import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:rds/instance:Instance", { deletionProtection: true });

export const databaseKept = demandRule({
  id: "GL-AWS-05",
  slug: "database-kept",
  title: "Databases of the cloud refuse to be deleted.",
  why: "One wrong command ends a service; the refusal is the moment to think.",
  fix: "Set deletionProtection to true; a database that must go is unprotected in a change of its own.",
  severity: "high",
  requirements: ["S-131"],
  items: ["A.3.3"],
  mappings: ["NIST:CM-3", "CKV_AWS_293", "CKV_AWS_139"],
  inspects: "database",

  demand: {
    types: ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster"],
    clauses: [{ of: "object", path: "deletionProtection", required: true, want: { oneOf: [true] }, needed: "true" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Instance", "deletionProtection"],
      {
        met: [true],
        notMet: [
          [undefined, "deletionProtection is missing; need true"],
          [false, "deletionProtection is false"],
        ],
        unverifiable: [notKnown.boolean],
      },
      given,
    ),
    noneOfIt,
  ],
});
