import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "Privileged Containers". */
export const notPrivileged = demandRule({
  id: "GL-POD-07",
  slug: "not-privileged",
  title: "No container is privileged.",
  why: "A privileged container owns its node, and with it every pod and secret there.",
  fix: "Remove securityContext.privileged; add the one capability that is needed instead.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "CIS:5.2.2", "NIST:AC-6"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "container",

  demand: {
    clauses: [{ of: "container", path: "securityContext.privileged", want: { oneOf: [false] }, needed: "false" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.securityContext.privileged`], {
      met: [undefined, false],
      notMet: [[true, "privileged is true; need false"]],
      unverifiable: [notKnown.boolean],
    }),
    ...valuesAt(["Deployment", `${at.pod}.ephemeralContainers.0`], {
      notMet: [
        [
          { name: "debug", securityContext: { privileged: true } },
          "ephemeralContainers[0].securityContext.privileged is true",
        ],
      ],
    }),
  ],
});
