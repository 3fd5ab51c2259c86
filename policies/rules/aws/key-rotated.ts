import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:kms/key:Key", { enableKeyRotation: true, deletionWindowInDays: 30, description: "volumes" });

export const keyRotated = demandRule({
  id: "GL-AWS-20",
  slug: "key-rotated",
  title: "Keys are renewed every year, say what they are for, and take a month to be deleted.",
  why: "What a key encrypted is lost with the key; a month is the time to notice.",
  fix: "Set enableKeyRotation to true, deletionWindowInDays to 30, and description.",
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["AWS:3.6", "NIST:SC-12", "CKV_AWS_7", "CKV_AWS_227"],
  inspects: "key",

  demand: {
    types: ["aws:kms/key:Key"],
    clauses: [
      { of: "object", path: "enableKeyRotation", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "deletionWindowInDays", want: { atLeast: 30 }, needed: "30" },
      { of: "object", path: "description", required: true, want: { matches: "\\S" }, needed: "a few words" },
    ],
    unless: [{ path: "keyUsage", is: "SIGN_VERIFY", because: "AWS does not renew keys that sign" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Key", "enableKeyRotation"],
      { notMet: [[undefined, "enableKeyRotation is missing; need true"]], unverifiable: [notKnown.boolean] },
      given,
    ),
    ...valuesAt(
      ["Key", "deletionWindowInDays"],
      {
        met: [30],
        notMet: [
          [7, "deletionWindowInDays is 7; need 30"],
          [undefined, "deletionWindowInDays is missing"],
        ],
      },
      given,
    ),
    ...valuesAt(["Key", "description"], { notMet: [[undefined, "description is missing"]] }, given),
    noneOfIt,
  ],
});
