import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, restricted, "Volume Types". */
export const volumeKinds = demandRule({
  id: "GL-POD-18",
  slug: "volume-kinds",
  title: "Pods mount only volumes whose content the cluster hands out.",
  why: "Other kinds reach servers and disks past storage classes, quotas and network policies.",
  fix: "Use a PersistentVolumeClaim for storage, and projected, configMap, secret or emptyDir for the rest.",
  severity: "medium",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:restricted", "CIS:5.2.12", "NIST:AC-6"],
  groups: ["pss-restricted"],
  inspects: "pod",

  demand: {
    clauses: [
      {
        of: "pod",
        path: "volumes[]",
        want: {
          keysWithin: [
            "name",
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret",
          ],
        },
        needed: "a kind of volume the cluster hands out",
      },
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.volumes`], {
      met: [
        undefined,
        [
          { name: "tmp", emptyDir: {} },
          { name: "data", persistentVolumeClaim: { claimName: "data" } },
        ],
      ],
      notMet: [
        [
          [{ name: "share", nfs: { server: "files", path: "/" } }],
          "volumes[0] is nfs; need a kind of volume the cluster hands out",
        ],
        [[{ name: "root", hostPath: { path: "/" } }], "volumes[0] is hostPath"],
      ],
      unverifiable: [[notKnown.object]],
    }),
  ],
});
