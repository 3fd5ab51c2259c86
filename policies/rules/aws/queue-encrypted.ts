import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:sqs/queue:Queue", { kmsMasterKeyId: "alias/queues" });

export const queueEncrypted = demandRule({
  id: "GL-AWS-26",
  slug: "queue-encrypted",
  title: "Queues are not left unencrypted.",
  why: "A message may hold what its sender would never write into a log.",
  fix: "Set kmsMasterKeyId; do not switch sqsManagedSseEnabled off.",
  severity: "medium",
  requirements: ["S-165"],
  items: ["F.1"],
  mappings: ["NIST:SC-28", "CKV_AWS_27"],
  inspects: "queue",

  demand: {
    types: ["aws:sqs/queue:Queue"],
    clauses: [{ of: "object", path: "sqsManagedSseEnabled", want: { oneOf: [true] }, needed: "true" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Queue", "sqsManagedSseEnabled"],
      {
        met: [undefined, true],
        notMet: [[false, "sqsManagedSseEnabled is false; need true"]],
        unverifiable: [notKnown.boolean],
      },
      given,
    ),
    noneOfIt,
  ],
});
