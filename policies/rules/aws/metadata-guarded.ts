import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:ec2/launchTemplate:LaunchTemplate", {
  metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
});

export const metadataGuarded = demandRule({
  id: "GL-AWS-11",
  slug: "metadata-guarded",
  title: "Machines hand their credentials only to who asks with a token, and not to pods.",
  why: "A pod, or a request forged through one, otherwise takes the rights of its node.",
  fix: 'Set metadataOptions.httpTokens to "required" and httpPutResponseHopLimit to 1.',
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["AWS:5.6", "NIST:AC-6", "CKV_AWS_79", "CKV_AWS_341"],
  inspects: "machine",
  showable: ["httpTokens"],
  demand: {
    types: ["aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"],
    clauses: [
      {
        of: "object",
        path: "metadataOptions.httpTokens",
        required: true,
        want: { oneOf: ["required"] },
        needed: '"required"',
      },
      { of: "object", path: "metadataOptions.httpPutResponseHopLimit", want: { atMost: 1 }, needed: "1" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["LaunchTemplate", "metadataOptions"],
      {
        notMet: [
          [undefined, 'metadataOptions.httpTokens is missing; need "required"'],
          [{ httpTokens: "optional" }, 'metadataOptions.httpTokens is "optional"'],
          [{ httpTokens: "required", httpPutResponseHopLimit: 2 }, "httpPutResponseHopLimit is 2; need 1"],
        ],
        unverifiable: [notKnown.object],
      },
      given,
    ),
    noneOfIt,
  ],
});
