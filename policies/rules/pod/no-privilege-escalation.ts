import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt, windows } from "../../engine/example";

/** Pod Security Standards, restricted, "Privilege Escalation". */
export const noPrivilegeEscalation = demandRule({
  id: "GL-POD-02",
  slug: "no-privilege-escalation",
  title: "No container can gain privileges it was not started with.",
  why: "A set-uid program inside would undo running as an ordinary user.",
  fix: "Set securityContext.allowPrivilegeEscalation to false on every container.",
  severity: "high",
  requirements: ["S-151", "S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["PSS:restricted", "CIS:5.2.6", "NIST:AC-6"],
  groups: ["pss-restricted"],
  inspects: "container",
  demand: {
    clauses: [
      {
        of: "container",
        path: "securityContext.allowPrivilegeEscalation",
        want: { oneOf: [false] },
        required: true,
        needed: "false",
      },
    ],
    unless: [{ path: "os.name", is: "windows", because: "Windows has no such switch" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.securityContext.allowPrivilegeEscalation`], {
      met: [false],
      notMet: [
        [undefined, "allowPrivilegeEscalation is missing; need false"],
        [true, "allowPrivilegeEscalation is true; need false"],
      ],
      unverifiable: [notKnown.boolean],
    }),
    ...valuesAt(["Deployment", `${at.container}.securityContext`], { unverifiable: [notKnown.object] }),
    windows(["Deployment", `${at.container}.securityContext`, {}]),
  ],
});
