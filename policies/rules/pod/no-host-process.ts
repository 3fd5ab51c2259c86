import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "HostProcess". */
export const noHostProcess = demandRule({
  id: "GL-POD-17",
  slug: "no-host-process",
  title: "No Windows pod runs as a process of its node.",
  why: "A host process has the node's accounts, files and network.",
  fix: "Remove windowsOptions.hostProcess.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "NIST:AC-6"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "container",

  demand: {
    clauses: [
      ...(["pod", "container"] as const).map(of => ({
        of,
        path: "securityContext.windowsOptions.hostProcess",
        want: { oneOf: [false] },
        needed: "false",
      })),
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.securityContext.windowsOptions`], {
      met: [undefined, { hostProcess: false }],
      notMet: [[{ hostProcess: true }, "windowsOptions.hostProcess is true; need false"]],
      unverifiable: [notKnown.object],
    }),
    ...valuesAt(["Deployment", `${at.container}.securityContext.windowsOptions`], {
      notMet: [[{ hostProcess: true }, "hostProcess is true"]],
    }),
  ],
});
