import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass", {
  metadata: { name: "fast" },
  deletionPolicy: "Retain",
});

export const snapshotClassKeeps = demandRule({
  id: "GL-DATA-11",
  slug: "snapshot-class-keeps",
  title: "Snapshots of volumes stay when their objects go.",
  why: "A namespace that is deleted by mistake otherwise takes its snapshots along.",
  fix: "Set deletionPolicy to Retain.",
  severity: "high",
  requirements: ["S-130"],
  items: ["A.3.3"],
  mappings: ["NIST:CP-9"],
  inspects: "class",
  showable: ["deletionPolicy"],
  demand: {
    kinds: ["snapshot.storage.k8s.io/VolumeSnapshotClass"],
    clauses: [{ of: "object", path: "deletionPolicy", required: true, want: { oneOf: ["Retain"] }, needed: "Retain" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["VolumeSnapshotClass", "deletionPolicy"],
      { notMet: [["Delete", 'deletionPolicy is "Delete"; need Retain']], unverifiable: [notKnown.string] },
      given,
    ),
    noneOfIt,
  ],
});
