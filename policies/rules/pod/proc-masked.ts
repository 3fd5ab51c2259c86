import { demandRule } from "../../engine/demand";
import { at, notKnown, system, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "/proc Mount Type". */
export const procMasked = demandRule({
  id: "GL-POD-14",
  slug: "proc-masked",
  title: "No container sees the unmasked /proc of its node.",
  why: "Behind the mask lie the kernel's keys, timers and switches.",
  fix: "Remove securityContext.procMount.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "NIST:AC-6"],
  groups: ["pss-baseline"],
  inspects: "container",
  showable: ["procMount"],
  demand: {
    clauses: [{ of: "container", path: "securityContext.procMount", want: { oneOf: ["Default"] }, needed: "Default" }],
    unless: [{ path: "hostUsers", is: false, because: "in a user namespace of its own it sees only its own" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.securityContext.procMount`], {
      met: [undefined, "Default"],
      notMet: [["Unmasked", 'procMount is "Unmasked"; need Default']],
      unverifiable: [notKnown.string],
    }),
    {
      name: "in a user namespace",
      given: system(
        ["Deployment", `${at.pod}.hostUsers`, false],
        ["Deployment", `${at.container}.securityContext.procMount`, "Unmasked"],
      ),
      want: "not applicable",
    },
  ],
});
