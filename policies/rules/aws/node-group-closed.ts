import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:eks/nodeGroup:NodeGroup", { scalingConfig: { minSize: 2, maxSize: 4, desiredSize: 2 } });

export const nodeGroupClosed = demandRule({
  id: "GL-AWS-27",
  slug: "node-group-closed",
  title: "Groups of nodes keep at least one node each, and nobody logs in to them.",
  why: "A group that may shrink to nothing cannot take a zone's pods; a login goes round every audit.",
  fix: "Set scalingConfig.minSize to at least 1, and remove remoteAccess.",
  severity: "high",
  requirements: ["S-128", "S-151"],
  items: ["A.3.1", "D.1.2"],
  mappings: ["NIST:CP-10", "NIST:AC-17", "CKV_AWS_100"],
  inspects: "node group",

  demand: {
    types: ["aws:eks/nodeGroup:NodeGroup"],
    clauses: [
      { of: "object", path: "scalingConfig.minSize", want: { atLeast: 1 }, needed: "at least 1" },
      { of: "object", path: "remoteAccess", want: { absent: true }, needed: "none" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["NodeGroup", "scalingConfig.minSize"],
      { met: [1, 3], notMet: [[0, "scalingConfig.minSize is 0; need at least 1"]], unverifiable: [notKnown.number] },
      given,
    ),
    ...valuesAt(
      ["NodeGroup", "remoteAccess"],
      { notMet: [[{ ec2SshKey: "ops" }, "remoteAccess is set; need none"]] },
      given,
    ),
    noneOfIt,
  ],
});
