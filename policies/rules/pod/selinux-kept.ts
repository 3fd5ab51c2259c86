import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "SELinux". */
export const selinuxKept = demandRule({
  id: "GL-POD-13",
  slug: "selinux-kept",
  title: "No pod takes an SELinux type, user or role beyond the containers' own.",
  why: "Another type can hold the rights of the node's own services.",
  fix: "Remove seLinuxOptions.user and role, and any type but the containers' own.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "NIST:AC-6"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "container",
  showable: ["type"],
  demand: {
    clauses: [
      ...(["pod", "container"] as const).flatMap(of => [
        {
          of,
          path: "securityContext.seLinuxOptions.type",
          want: { oneOf: ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"] },
          needed: "a type for containers",
        },
        ...["user", "role"].map(part => ({
          of,
          path: `securityContext.seLinuxOptions.${part}`,
          want: { oneOf: [""] },
          needed: "none",
        })),
      ]),
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.securityContext.seLinuxOptions`], {
      met: [undefined, { type: "container_t", level: "s0:c1" }],
      notMet: [
        [{ type: "spc_t" }, 'seLinuxOptions.type is "spc_t"; need a type for containers'],
        [{ user: "system_u" }, "seLinuxOptions.user is a text of 8 characters; need none"],
      ],
      unverifiable: [{ type: notKnown.string }],
    }),
    ...valuesAt(["Deployment", `${at.container}.securityContext.seLinuxOptions`], {
      notMet: [[{ role: "sysadm_r" }, "seLinuxOptions.role"]],
    }),
  ],
});
