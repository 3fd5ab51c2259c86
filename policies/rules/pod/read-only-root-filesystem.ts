import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt, windows } from "../../engine/example";

export const readOnlyRootFilesystem = demandRule({
  id: "GL-POD-04",
  slug: "read-only-root-filesystem",
  title: "Every container's root file system is read-only.",
  why: "An intruder cannot leave tools behind, and a service cannot come to depend on files that vanish with it.",
  fix: "Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where files must be written.",
  severity: "medium",
  requirements: ["S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["CIS:5.7.3", "NIST:CM-7", "NIST:SI-7"],
  inspects: "container",
  demand: {
    clauses: [
      {
        of: "container",
        path: "securityContext.readOnlyRootFilesystem",
        want: { oneOf: [true] },
        required: true,
        needed: "true",
      },
    ],
    unless: [{ path: "os.name", is: "windows", because: "Windows has no such switch" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.securityContext.readOnlyRootFilesystem`], {
      met: [true],
      notMet: [
        [undefined, "readOnlyRootFilesystem is missing; need true"],
        [false, "readOnlyRootFilesystem is false; need true"],
      ],
      unverifiable: [notKnown.boolean],
    }),
    windows(["Deployment", `${at.container}.securityContext`, {}]),
  ],
});
