import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:ebs/volume:Volume", { encrypted: true });

export const volumeEncrypted = demandRule({
  id: "GL-AWS-10",
  slug: "volume-encrypted",
  title: "Volumes and file systems of the cloud are encrypted.",
  why: "A snapshot shared by mistake is then a heap of noise.",
  fix: "Set encrypted to true.",
  severity: "high",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["AWS:2.2.1", "AWS:2.4.1", "NIST:SC-28", "CKV_AWS_3", "CKV_AWS_42"],
  inspects: "volume",

  demand: {
    types: ["aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem"],
    clauses: [{ of: "object", path: "encrypted", required: true, want: { oneOf: [true] }, needed: "true" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Volume", "encrypted"],
      {
        met: [true],
        notMet: [
          [undefined, "encrypted is missing; need true"],
          [false, "encrypted is false"],
        ],
        unverifiable: [notKnown.boolean],
      },
      given,
    ),
    noneOfIt,
  ],
});
