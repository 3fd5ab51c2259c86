import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "HostPath Volumes". */
export const noHostPaths = demandRule({
  id: "GL-POD-09",
  slug: "no-host-paths",
  title: "No pod mounts a directory of its node.",
  why: "A host path reaches other pods' files, the runtime's socket and the node's keys.",
  fix: "Use a PersistentVolumeClaim, an emptyDir or a projected volume instead of hostPath.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "CIS:5.2.12", "NIST:AC-6", "NIST:SC-7"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "pod",

  demand: {
    clauses: [{ of: "pod", path: "volumes[].hostPath", want: { absent: true }, needed: "no hostPath" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.volumes`], {
      met: [undefined, [{ name: "tmp", emptyDir: {} }]],
      notMet: [
        [
          [
            { name: "tmp", emptyDir: {} },
            { name: "root", hostPath: { path: "/" } },
          ],
          "volumes[1].hostPath is set; need no hostPath",
        ],
      ],
      unverifiable: [notKnown.array, [notKnown.object]],
    }),
  ],
});
