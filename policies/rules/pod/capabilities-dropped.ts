import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt, windows } from "../../engine/example";

/** Pod Security Standards, restricted, "Capabilities". */
export const capabilitiesDropped = demandRule({
  id: "GL-POD-03",
  slug: "capabilities-dropped",
  title: "Every container drops all capabilities and adds at most NET_BIND_SERVICE.",
  why: "The default set still allows raw sockets, changing owners and more that services never need.",
  fix: 'Set securityContext.capabilities.drop to ["ALL"] and add nothing but NET_BIND_SERVICE.',
  severity: "high",
  requirements: ["S-151", "S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["PSS:restricted", "CIS:5.2.8", "CIS:5.2.9", "NIST:AC-6", "NIST:CM-7"],
  groups: ["pss-restricted"],
  inspects: "container",
  showable: ["add"],
  demand: {
    clauses: [
      { of: "container", path: "securityContext.capabilities.drop", want: { includes: "ALL" }, needed: '["ALL"]' },
      {
        of: "container",
        path: "securityContext.capabilities.add[]",
        want: { oneOf: ["NET_BIND_SERVICE"] },
        needed: "no capability but NET_BIND_SERVICE",
      },
    ],
    unless: [{ path: "os.name", is: "windows", because: "Windows has no capabilities" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.securityContext.capabilities.drop`], {
      met: [["ALL"], ["NET_RAW", "ALL"]],
      notMet: [
        [undefined, "capabilities.drop is missing"],
        [["NET_RAW"], "capabilities.drop is without ALL"],
      ],
      unverifiable: [[notKnown.string]],
    }),
    ...valuesAt(["Deployment", `${at.container}.securityContext.capabilities.add`], {
      met: [["NET_BIND_SERVICE"]],
      notMet: [[["SYS_ADMIN"], 'add[0] is "SYS_ADMIN"; need no capability but NET_BIND_SERVICE']],
    }),
    windows(["Deployment", `${at.container}.securityContext`, {}]),
  ],
});
