import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

export const noLowPorts = demandRule({
  id: "GL-POD-22",
  slug: "no-low-ports",
  title: "Containers listen on ports that need no privilege.",
  why: "A port below 1024 asks for root or a capability, and one exception draws the next.",
  fix: "Listen on 1024 or above; the Service may still offer 443.",
  severity: "low",
  requirements: ["S-169"],
  items: ["F.5"],
  mappings: ["NIST:CM-7"],
  inspects: "container",

  demand: {
    clauses: [{ of: "container", path: "ports[].containerPort", want: { atLeast: 1024 }, needed: "1024 or above" }],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.ports`], {
      met: [undefined, [{ containerPort: 8080 }]],
      notMet: [[[{ containerPort: 80 }], "ports[0].containerPort is 80; need 1024 or above"]],
      unverifiable: [[{ containerPort: notKnown.number }]],
    }),
  ],
});
