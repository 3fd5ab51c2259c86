import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt, windows } from "../../engine/example";

/** Pod Security Standards, restricted, "Seccomp". */
export const seccompProfile = demandRule({
  id: "GL-POD-05",
  slug: "seccomp-profile",
  title: "Every container runs under a seccomp profile.",
  why: "Without one, every system call of the kernel is within reach.",
  fix: "Set securityContext.seccompProfile.type to RuntimeDefault for the pod.",
  severity: "medium",
  requirements: ["S-151", "S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["PSS:restricted", "CIS:5.7.2", "NIST:CM-7"],
  groups: ["pss-restricted"],
  inspects: "container",
  showable: ["type"],
  demand: {
    clauses: [
      {
        of: "pod",
        path: "securityContext.seccompProfile.type",
        want: { oneOf: ["RuntimeDefault", "Localhost"] },
        needed: "RuntimeDefault or Localhost",
      },
      {
        of: "container",
        path: "securityContext.seccompProfile.type",
        want: { oneOf: ["RuntimeDefault", "Localhost"] },
        required: true,
        orPod: true,
        needed: "RuntimeDefault or Localhost, here or for the pod",
      },
    ],
    unless: [{ path: "os.name", is: "windows", because: "Windows has no seccomp" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.securityContext.seccompProfile`], {
      met: [{ type: "RuntimeDefault" }, { type: "Localhost", localhostProfile: "shop.json" }],
      notMet: [
        [undefined, "seccompProfile.type is missing; need RuntimeDefault or Localhost, here or for the pod"],
        [{ type: "Unconfined" }, 'seccompProfile.type is "Unconfined"; need RuntimeDefault or Localhost'],
      ],
      unverifiable: [notKnown.object],
    }),
    ...valuesAt(["Deployment", `${at.container}.securityContext.seccompProfile`], {
      notMet: [[{ type: "Unconfined" }, 'seccompProfile.type is "Unconfined"']],
    }),
    windows(["Deployment", `${at.pod}.securityContext`, {}]),
  ],
});
