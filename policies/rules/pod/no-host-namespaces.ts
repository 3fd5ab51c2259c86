import { demandRule } from "../../engine/demand";
import { at, notKnown, system, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "Host Namespaces". */
export const noHostNamespaces = demandRule({
  id: "GL-POD-06",
  slug: "no-host-namespaces",
  title: "No pod shares the network, processes or memory of its node.",
  why: "A pod in the node's namespaces sees other tenants' traffic and processes, past every network policy.",
  fix: "Remove hostNetwork, hostPID and hostIPC.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "CIS:5.2.3", "CIS:5.2.4", "CIS:5.2.5", "NIST:SC-7"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "pod",
  demand: {
    clauses: ["hostNetwork", "hostPID", "hostIPC"].map(path => ({
      of: "pod" as const,
      path,
      want: { oneOf: [false] },
      needed: "false",
    })),
  },
  examples: () => [
    { name: "its own namespaces", given: system(), want: "met" },
    ...valuesAt(["Deployment", `${at.pod}.hostNetwork`], {
      met: [false],
      notMet: [[true, "hostNetwork is true; need false"]],
      unverifiable: [notKnown.boolean],
    }),
    ...valuesAt(["Deployment", `${at.pod}.hostPID`], { notMet: [[true, "hostPID is true; need false"]] }),
    ...valuesAt(["Deployment", `${at.pod}.hostIPC`], { notMet: [[true, "hostIPC is true; need false"]] }),
  ],
});
