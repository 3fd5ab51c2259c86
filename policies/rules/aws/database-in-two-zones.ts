import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:rds/instance:Instance", { multiAz: true });

export const databaseInTwoZones = demandRule({
  id: "GL-AWS-03",
  slug: "database-in-two-zones",
  title: "Databases of the cloud have a standby in a second zone.",
  why: "A zone that fails takes a database with it that lives in one zone only.",
  fix: "Set multiAz to true.",
  severity: "high",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CP-10", "CKV_AWS_157"],
  inspects: "database",

  demand: {
    types: ["aws:rds/instance:Instance"],
    clauses: [{ of: "object", path: "multiAz", required: true, want: { oneOf: [true] }, needed: "true" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Instance", "multiAz"],
      {
        met: [true],
        notMet: [
          [undefined, "multiAz is missing; need true"],
          [false, "multiAz is false"],
        ],
        unverifiable: [notKnown.boolean],
      },
      given,
    ),
    noneOfIt,
  ],
});
