import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:ec2/launchTemplate:LaunchTemplate", {
  blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }],
});

export const disksEncrypted = demandRule({
  id: "GL-AWS-12",
  slug: "disks-encrypted",
  title: "Disks of machines are encrypted.",
  why: "A disk outlives its machine, in snapshots and in spare parts.",
  fix: 'Set encrypted to "true" on every block device.',
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-28", "CKV_AWS_106"],
  inspects: "machine",
  showable: ["encrypted"],
  demand: {
    types: ["aws:ec2/launchTemplate:LaunchTemplate"],
    clauses: [
      {
        of: "object",
        path: "blockDeviceMappings[].ebs.encrypted",
        required: true,
        want: { oneOf: ["true", true] },
        needed: '"true"',
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["LaunchTemplate", "blockDeviceMappings.0.ebs.encrypted"],
      {
        notMet: [
          [undefined, "blockDeviceMappings[0].ebs.encrypted is missing"],
          ["false", 'blockDeviceMappings[0].ebs.encrypted is "false"'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
