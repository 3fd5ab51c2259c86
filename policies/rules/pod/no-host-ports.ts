import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "Host Ports". */
export const noHostPorts = demandRule({
  id: "GL-POD-10",
  slug: "no-host-ports",
  title: "No container takes a port of its node.",
  why: "A host port bypasses network policies and lets one pod a node in at most.",
  fix: "Remove hostPort; put a Service in front.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "CIS:5.2.13", "NIST:SC-7"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "container",

  demand: {
    clauses: [{ of: "container", path: "ports[].hostPort", want: { oneOf: [0] }, needed: "none" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.ports`], {
      met: [undefined, [{ containerPort: 8080 }], [{ containerPort: 8080, hostPort: 0 }]],
      notMet: [[[{ containerPort: 8080, hostPort: 8080 }], "ports[0].hostPort is 8080; need none"]],
      unverifiable: [[{ containerPort: 8080, hostPort: notKnown.number }]],
    }),
  ],
});
