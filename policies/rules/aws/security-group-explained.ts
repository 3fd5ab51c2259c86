import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:ec2/securityGroup:SecurityGroup", { description: "callers of the database" });

export const securityGroupExplained = demandRule({
  id: "GL-AWS-15",
  slug: "security-group-explained",
  title: "Every security group says what it is for.",
  why: "Nobody dares to remove a rule whose purpose nobody knows.",
  fix: "Set description.",
  severity: "low",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["NIST:CM-8", "CKV_AWS_23"],
  inspects: "security group",

  demand: {
    types: ["aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
    clauses: [
      { of: "object", path: "description", required: true, want: { matches: "\\S.*\\S" }, needed: "a few words" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["SecurityGroup", "description"],
      {
        met: ["AWS services, reached from inside"],
        notMet: [
          [undefined, "description is missing; need a few words"],
          ["", "description is empty"],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
