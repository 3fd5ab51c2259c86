import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:ec2/subnet:Subnet", { mapPublicIpOnLaunch: false });

export const noPublicAddress = demandRule({
  id: "GL-AWS-13",
  slug: "no-public-address",
  title: "Nothing is given a public address because of where it stands.",
  why: "A machine with a public address stands in front of the gateway, not behind it.",
  fix: "Remove mapPublicIpOnLaunch and associatePublicIpAddress; what must be reached is reached through the load balancer.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["NIST:SC-7", "CKV_AWS_130", "CKV_AWS_88"],
  inspects: "subnet or machine",

  demand: {
    types: ["aws:ec2/subnet:Subnet", "aws:ec2/instance:Instance"],
    clauses: [
      { of: "object", path: "mapPublicIpOnLaunch", want: { oneOf: [false] }, needed: "false" },
      { of: "object", path: "associatePublicIpAddress", want: { oneOf: [false] }, needed: "false" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Subnet", "mapPublicIpOnLaunch"],
      {
        met: [undefined],
        notMet: [[true, "mapPublicIpOnLaunch is true; need false"]],
        unverifiable: [notKnown.boolean],
      },
      given,
    ),
    ...valuesAt(
      ["Subnet", "associatePublicIpAddress"],
      { notMet: [[true, "associatePublicIpAddress is true"]] },
      given,
    ),
    noneOfIt,
  ],
});
