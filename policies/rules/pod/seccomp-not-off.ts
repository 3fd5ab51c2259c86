import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "Seccomp". */
export const seccompNotOff = demandRule({
  id: "GL-POD-15",
  slug: "seccomp-not-off",
  title: "No pod switches off the runtime's seccomp profile.",
  why: "Unconfined, every system call of the kernel is within reach.",
  fix: "Remove the profile, or name RuntimeDefault or a Localhost one.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "CIS:5.7.2", "NIST:CM-7"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "container",
  showable: ["type"],
  demand: {
    clauses: [
      ...(["pod", "container"] as const).map(of => ({
        of,
        path: "securityContext.seccompProfile.type",
        want: { oneOf: ["RuntimeDefault", "Localhost"] },
        needed: "RuntimeDefault or Localhost",
      })),
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.securityContext.seccompProfile`], {
      met: [undefined, { type: "RuntimeDefault" }],
      notMet: [[{ type: "Unconfined" }, 'seccompProfile.type is "Unconfined"; need RuntimeDefault or Localhost']],
      unverifiable: [notKnown.object],
    }),
    ...valuesAt(["Deployment", `${at.container}.securityContext.seccompProfile`], {
      notMet: [[{ type: "Unconfined" }, '"Unconfined"']],
    }),
  ],
});
