import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, restricted, "/proc Mount Type". */
export const procMaskedAlways = demandRule({
  id: "GL-POD-19",
  slug: "proc-masked-always",
  title: "No container sees an unmasked /proc, whatever namespace it runs in.",
  why: "A user namespace narrows what lies behind the mask; it does not empty it.",
  fix: "Remove securityContext.procMount.",
  severity: "medium",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:restricted", "NIST:AC-6"],
  groups: ["pss-restricted"],
  inspects: "container",
  showable: ["procMount"],
  demand: {
    clauses: [{ of: "container", path: "securityContext.procMount", want: { oneOf: ["Default"] }, needed: "Default" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.securityContext.procMount`], {
      met: [undefined, "Default"],
      notMet: [["Unmasked", 'procMount is "Unmasked"; need Default']],
      unverifiable: [notKnown.string],
    }),
  ],
});
