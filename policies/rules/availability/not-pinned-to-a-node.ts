import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

export const notPinnedToANode = demandRule({
  id: "GL-HA-10",
  slug: "not-pinned-to-a-node",
  title: "No workload is tied to one node by name.",
  why: "When that node is gone, so is the workload, and no scheduler will help.",
  fix: "Select nodes by zone or by what they offer.",
  severity: "high",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CP-10"],
  inspects: "pod",

  demand: {
    clauses: [
      { of: "pod", path: "nodeSelector{kubernetes.io/hostname}", want: { absent: true }, needed: "no node by name" },
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.nodeSelector`], {
      met: [undefined, { "kubernetes.io/arch": "amd64" }],
      notMet: [[{ "kubernetes.io/hostname": "node-1" }, "need no node by name"]],
      unverifiable: [notKnown.object],
    }),
  ],
});
