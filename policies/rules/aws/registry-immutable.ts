import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:ecr/repository:Repository", {
  imageTagMutability: "IMMUTABLE",
  imageScanningConfiguration: { scanOnPush: true },
  encryptionConfigurations: [{ encryptionType: "KMS" }],
  forceDelete: false,
});

export const registryImmutable = demandRule({
  id: "GL-AWS-23",
  slug: "registry-immutable",
  title:
    "Images in the registry cannot be replaced, are scanned when they arrive, and are encrypted with a key of ours.",
  why: "A tag that moves makes what was tested and what runs two things.",
  fix: 'Set imageTagMutability to "IMMUTABLE", imageScanningConfiguration.scanOnPush to true, encryptionType to "KMS"; leave forceDelete off.',
  severity: "high",
  requirements: ["S-150", "S-169"],
  items: ["D.1.1", "F.5"],
  mappings: ["NIST:SI-7", "NIST:RA-5", "CKV_AWS_51", "CKV_AWS_163", "CKV_AWS_136"],
  inspects: "repository",
  showable: ["imageTagMutability", "encryptionType"],
  demand: {
    types: ["aws:ecr/repository:Repository"],
    clauses: [
      {
        of: "object",
        path: "imageTagMutability",
        required: true,
        want: { oneOf: ["IMMUTABLE"] },
        needed: '"IMMUTABLE"',
      },
      {
        of: "object",
        path: "imageScanningConfiguration.scanOnPush",
        required: true,
        want: { oneOf: [true] },
        needed: "true",
      },
      {
        of: "object",
        path: "encryptionConfigurations[].encryptionType",
        required: true,
        want: { oneOf: ["KMS"] },
        needed: '"KMS"',
      },
      { of: "object", path: "encryptionConfigurations", want: { filled: true }, needed: "a key of ours" },
      { of: "object", path: "forceDelete", want: { oneOf: [false] }, needed: "false" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Repository", "imageTagMutability"],
      {
        notMet: [
          [undefined, "imageTagMutability is missing"],
          ["MUTABLE", 'imageTagMutability is "MUTABLE"; need "IMMUTABLE"'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    ...valuesAt(
      ["Repository", "imageScanningConfiguration"],
      { notMet: [[undefined, "imageScanningConfiguration.scanOnPush is missing; need true"]] },
      given,
    ),
    ...valuesAt(
      ["Repository", "encryptionConfigurations"],
      {
        notMet: [
          [undefined, "encryptionConfigurations is missing"],
          [[{ encryptionType: "AES256" }], 'encryptionConfigurations[0].encryptionType is "AES256"'],
        ],
      },
      given,
    ),
    ...valuesAt(["Repository", "forceDelete"], { met: [undefined], notMet: [[true, "forceDelete is true"]] }, given),
    noneOfIt,
  ],
});
