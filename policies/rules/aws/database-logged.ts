import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:rds/instance:Instance", {
  enabledCloudwatchLogsExports: ["postgresql"],
  performanceInsightsEnabled: true,
});

export const databaseLogged = demandRule({
  id: "GL-AWS-06",
  slug: "database-logged",
  title: "Databases of the cloud hand their logs on, and show what waits inside them.",
  why: "Without them the question why it was slow at three has no answer at nine.",
  fix: "Set enabledCloudwatchLogsExports and performanceInsightsEnabled.",
  severity: "medium",
  requirements: ["S-145"],
  items: ["C.2.2"],
  mappings: ["NIST:AU-12", "CKV_AWS_129", "CKV_AWS_353"],
  inspects: "database",

  demand: {
    types: ["aws:rds/instance:Instance"],
    clauses: [
      { of: "object", path: "enabledCloudwatchLogsExports", want: { filled: true }, needed: "the logs of its engine" },
      { of: "object", path: "performanceInsightsEnabled", required: true, want: { oneOf: [true] }, needed: "true" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Instance", "enabledCloudwatchLogsExports"],
      {
        met: [["postgresql"]],
        notMet: [
          [undefined, "enabledCloudwatchLogsExports is missing"],
          [[], "enabledCloudwatchLogsExports is an empty list"],
        ],
        unverifiable: [notKnown.array],
      },
      given,
    ),
    ...valuesAt(
      ["Instance", "performanceInsightsEnabled"],
      { met: [true], notMet: [[false, "performanceInsightsEnabled is false"]] },
      given,
    ),
    noneOfIt,
  ],
});
