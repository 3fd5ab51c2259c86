import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:storage.k8s.io/v1:StorageClass", {
  metadata: { name: "fast" },
  provisioner: "ebs.csi.aws.com",
  parameters: { encrypted: "true" },
  reclaimPolicy: "Retain",
  allowVolumeExpansion: true,
  volumeBindingMode: "WaitForFirstConsumer",
});

export const storageClassSafe = demandRule({
  id: "GL-DATA-10",
  slug: "storage-class-safe",
  title: "Classes of storage keep their volumes, can grow, and wait for the pod to choose a zone.",
  why: "A class that deletes takes the data with the claim; one that binds at once puts it into a zone without the pod.",
  fix: "Set reclaimPolicy Retain, allowVolumeExpansion true and volumeBindingMode WaitForFirstConsumer.",
  severity: "high",
  requirements: ["S-130", "S-136"],
  items: ["A.3.3", "B.1.2"],
  mappings: ["NIST:CP-9", "NIST:SC-28"],
  inspects: "class",
  showable: ["reclaimPolicy", "volumeBindingMode"],
  demand: {
    kinds: ["storage.k8s.io/StorageClass"],
    clauses: [
      { of: "object", path: "reclaimPolicy", required: true, want: { oneOf: ["Retain"] }, needed: "Retain" },
      { of: "object", path: "allowVolumeExpansion", required: true, want: { oneOf: [true] }, needed: "true" },
      {
        of: "object",
        path: "volumeBindingMode",
        required: true,
        want: { oneOf: ["WaitForFirstConsumer"] },
        needed: "WaitForFirstConsumer",
      },
      {
        of: "object",
        path: "parameters.encrypted",
        required: true,
        when: { path: "provisioner", is: "ebs.csi.aws.com" },
        want: { oneOf: ["true"] },
        needed: '"true"',
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["StorageClass", "reclaimPolicy"],
      {
        notMet: [
          [undefined, "reclaimPolicy is missing; need Retain"],
          ["Delete", 'reclaimPolicy is "Delete"'],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    ...valuesAt(
      ["StorageClass", "allowVolumeExpansion"],
      { notMet: [[false, "allowVolumeExpansion is false"]] },
      given,
    ),
    ...valuesAt(
      ["StorageClass", "volumeBindingMode"],
      { notMet: [["Immediate", 'volumeBindingMode is "Immediate"']] },
      given,
    ),
    ...valuesAt(
      ["StorageClass", "parameters"],
      { notMet: [[{}, 'parameters.encrypted is missing; need "true"']] },
      given,
    ),
    noneOfIt,
  ],
});
