import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:eks/cluster:Cluster", { version: "1.35", deletionProtection: true });

export const clusterCurrent = demandRule({
  id: "GL-AWS-28",
  slug: "cluster-current",
  title: "The cluster says which supported version of Kubernetes it runs, and refuses to be deleted.",
  why: "A version chosen by the cloud changes on its own day; an old one gets no repairs.",
  fix: "Set version to a supported one (1.33 or newer), and deletionProtection to true.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["NIST:SI-2", "CKV_AWS_339"],
  inspects: "cluster",
  showable: ["version"],
  demand: {
    types: ["aws:eks/cluster:Cluster"],
    clauses: [
      {
        of: "object",
        path: "version",
        required: true,
        want: { matches: "^1\\.(3[3-9]|[4-9][0-9])$" },
        needed: "1.33 or newer",
      },
      { of: "object", path: "deletionProtection", required: true, want: { oneOf: [true] }, needed: "true" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Cluster", "version"],
      {
        met: ["1.33"],
        notMet: [
          [undefined, "version is missing; need 1.33 or newer"],
          ["1.29", 'version is "1.29"'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    ...valuesAt(["Cluster", "deletionProtection"], { notMet: [[false, "deletionProtection is false"]] }, given),
    noneOfIt,
  ],
});
