import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "Sysctls". */
export const safeSysctls = demandRule({
  id: "GL-POD-16",
  slug: "safe-sysctls",
  title: "Pods set only kernel parameters that are kept apart for each pod.",
  why: "Others change the node for everybody, or switch off its protections.",
  fix: "Remove the sysctl, or set it for the nodes that need it.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "NIST:CM-6"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "pod",
  showable: ["name"],
  demand: {
    clauses: [
      {
        of: "pod",
        path: "securityContext.sysctls[].name",
        want: {
          oneOf: [
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes",
            "net.ipv4.tcp_rmem",
            "net.ipv4.tcp_wmem",
          ],
        },
        required: true,
        needed: "a safe sysctl",
      },
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.securityContext.sysctls`], {
      met: [undefined, [{ name: "net.ipv4.tcp_syncookies", value: "1" }]],
      notMet: [[[{ name: "kernel.msgmax", value: "1" }], 'sysctls[0].name is "kernel.msgmax"; need a safe sysctl']],
      unverifiable: [[{ name: notKnown.string, value: "1" }]],
    }),
  ],
});
