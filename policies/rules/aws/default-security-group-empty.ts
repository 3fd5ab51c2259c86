import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", { tags: { Name: "closed" } });

export const defaultSecurityGroupEmpty = demandRule({
  id: "GL-AWS-16",
  slug: "default-security-group-empty",
  title: "The default security group lets nothing through.",
  why: "What nobody put into a group lands in this one.",
  fix: "Declare the DefaultSecurityGroup without ingress and egress.",
  severity: "medium",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["AWS:5.4", "NIST:SC-7", "CKV2_AWS_12"],
  inspects: "security group",

  demand: {
    types: ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
    clauses: [
      { of: "object", path: "ingress[]", want: { absent: true }, needed: "no rule" },
      { of: "object", path: "egress[]", want: { absent: true }, needed: "no rule" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["DefaultSecurityGroup", "ingress"],
      {
        met: [undefined, []],
        notMet: [[[{ protocol: "-1", self: true }], "ingress[0] is set; need no rule"]],
        unverifiable: [notKnown.array],
      },
      given,
    ),
    ...valuesAt(["DefaultSecurityGroup", "egress"], { notMet: [[[{ protocol: "-1" }], "egress[0] is set"]] }, given),
    noneOfIt,
  ],
});
