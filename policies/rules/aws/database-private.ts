import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:rds/instance:Instance", { publiclyAccessible: false });

export const databasePrivate = demandRule({
  id: "GL-AWS-02",
  slug: "database-private",
  title: "No database of the cloud has a public address.",
  why: "What can be reached from anywhere is tried from everywhere.",
  fix: "Remove publiclyAccessible, and put the database in private subnets.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["AWS:2.3.3", "NIST:SC-7", "CKV_AWS_17"],
  inspects: "database",

  demand: {
    types: [
      "aws:rds/instance:Instance",
      "aws:rds/clusterInstance:ClusterInstance",
      "aws:dms/replicationInstance:ReplicationInstance",
      "aws:redshift/cluster:Cluster",
    ],
    clauses: [{ of: "object", path: "publiclyAccessible", want: { oneOf: [false] }, needed: "false" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Instance", "publiclyAccessible"],
      {
        met: [undefined, false],
        notMet: [[true, "publiclyAccessible is true; need false"]],
        unverifiable: [notKnown.boolean],
      },
      given,
    ),
    noneOfIt,
  ],
});
