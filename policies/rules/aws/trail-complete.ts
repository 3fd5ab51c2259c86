import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:cloudtrail/trail:Trail", {
  isMultiRegionTrail: true,
  enableLogFileValidation: true,
  kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:key/k",
});

export const trailComplete = demandRule({
  id: "GL-AWS-22",
  slug: "trail-complete",
  title: "The audit trail covers all regions, is encrypted, and shows when it was altered.",
  why: "An intruder works in the region that nobody watches, and tidies up afterwards.",
  fix: "Set isMultiRegionTrail, enableLogFileValidation and kmsKeyId; leave enableLogging and includeGlobalServiceEvents on.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["AWS:3.1", "AWS:3.2", "AWS:3.5", "NIST:AU-9", "NIST:AU-12", "CKV_AWS_67", "CKV_AWS_36", "CKV_AWS_35"],
  inspects: "trail",

  demand: {
    types: ["aws:cloudtrail/trail:Trail"],
    clauses: [
      { of: "object", path: "isMultiRegionTrail", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "enableLogFileValidation", required: true, want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "kmsKeyId", want: { present: true }, needed: "a key of ours" },
      { of: "object", path: "enableLogging", want: { oneOf: [true] }, needed: "true" },
      { of: "object", path: "includeGlobalServiceEvents", want: { oneOf: [true] }, needed: "true" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Trail", "isMultiRegionTrail"],
      { notMet: [[undefined, "isMultiRegionTrail is missing; need true"]], unverifiable: [notKnown.boolean] },
      given,
    ),
    ...valuesAt(["Trail", "enableLogFileValidation"], { notMet: [[false, "enableLogFileValidation is false"]] }, given),
    ...valuesAt(["Trail", "kmsKeyId"], { notMet: [[undefined, "kmsKeyId is missing"]] }, given),
    ...valuesAt(["Trail", "enableLogging"], { met: [undefined], notMet: [[false, "enableLogging is false"]] }, given),
    ...valuesAt(
      ["Trail", "includeGlobalServiceEvents"],
      { met: [undefined], notMet: [[false, "includeGlobalServiceEvents is false"]] },
      given,
    ),
    noneOfIt,
  ],
});
