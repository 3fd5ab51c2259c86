import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "Capabilities". */
export const noStrongCapabilities = demandRule({
  id: "GL-POD-08",
  slug: "no-strong-capabilities",
  title: "No container adds capabilities beyond the runtime's default set.",
  why: "NET_ADMIN, SYS_ADMIN and their like are root by another name.",
  fix: "Remove what capabilities.add holds beyond the default set; ask for the one thing that is needed in another way.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "CIS:5.2.9", "NIST:AC-6"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "container",
  showable: ["add"],
  demand: {
    clauses: [
      {
        of: "container",
        path: "securityContext.capabilities.add[]",
        want: {
          oneOf: [
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT",
          ],
        },
        needed: "a capability of the default set",
      },
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.securityContext.capabilities.add`], {
      met: [undefined, [], ["CHOWN", "KILL"]],
      notMet: [
        [["KILL", "NET_ADMIN"], 'add[1] is "NET_ADMIN"; need a capability of the default set'],
        [["ALL"], '"ALL"'],
        [["chown"], '"chown"'],
      ],
      unverifiable: [[notKnown.string]],
    }),
  ],
});
