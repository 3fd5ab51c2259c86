import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:ec2/securityGroup:SecurityGroup", {
  ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] }],
});

export const securityGroupClosed = demandRule({
  id: "GL-AWS-14",
  slug: "security-group-closed",
  title: "No security group lets the whole Internet in.",
  why: "The gateway has the one door; a second one has no TLS, limit or log.",
  fix: "Name the networks that may come in, or the security group they belong to.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["AWS:5.2", "NIST:SC-7", "CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260"],
  inspects: "security group",
  showable: ["cidrIpv4", "cidrIpv6"],
  demand: {
    types: ["aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
    clauses: [
      {
        of: "object",
        path: "ingress[].cidrBlocks",
        want: { excludes: ["0.0.0.0/0"] },
        needed: "networks that are named",
      },
      {
        of: "object",
        path: "ingress[].ipv6CidrBlocks",
        want: { excludes: ["::/0"] },
        needed: "networks that are named",
      },
      { of: "object", path: "cidrIpv4", want: { noneOf: ["0.0.0.0/0"] }, needed: "a network that is named" },
      { of: "object", path: "cidrIpv6", want: { noneOf: ["::/0"] }, needed: "a network that is named" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["SecurityGroup", "ingress.0.cidrBlocks"],
      {
        met: [["10.0.0.0/8"]],
        notMet: [
          [["10.0.0.0/8", "0.0.0.0/0"], "ingress[0].cidrBlocks is with 0.0.0.0/0; need networks that are named"],
        ],
        unverifiable: [notKnown.array],
      },
      given,
    ),
    ...valuesAt(
      ["SecurityGroup", "ingress.0.ipv6CidrBlocks"],
      { notMet: [[["::/0"], "ipv6CidrBlocks is with ::/0"]] },
      given,
    ),
    {
      name: "a rule of its own",
      given: alone("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { cidrIpv4: "0.0.0.0/0" }),
      want: "not met",
      says: 'cidrIpv4 is "0.0.0.0/0"',
    },
    noneOfIt,
  ],
});
