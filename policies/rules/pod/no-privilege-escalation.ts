import { at, notKnown, system } from "../../engine/example";
import type { ContainerInPod } from "../../engine/kubernetes";
import { containers, isWindows } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

/** Pod Security Standards, baseline "Privileged Containers" and restricted "Privilege Escalation". */
export const noPrivilegeEscalation = defineRule<ContainerInPod>({
  id: "GL-POD-02",
  slug: "no-privilege-escalation",
  title: "No container is privileged or can gain privileges.",
  why: "A set-uid program inside would undo running as an ordinary user; a privileged container owns the node.",
  fix: "Set securityContext.allowPrivilegeEscalation to false on every container, and drop privileged.",
  severity: "critical",
  requirements: ["S-151", "S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["PSS:restricted", "CIS:5.2.2", "CIS:5.2.6", "NIST:AC-6"],
  scope: "resource",
  inspects: "container",
  subjects: containers,
  check: ({ container, pod }) => {
    if (isWindows(pod)) return { notApplicable: "Windows has no such switch" };
    const { privileged, allowPrivilegeEscalation } = container.securityContext ?? {};
    return [
      ...(privileged === true ? [{ path: "securityContext.privileged", value: privileged, needed: "false" }] : []),
      ...(allowPrivilegeEscalation === false
        ? []
        : [{ path: "securityContext.allowPrivilegeEscalation", value: allowPrivilegeEscalation, needed: "false" }]),
    ];
  },
  examples: [
    { name: "switched off", given: system(), want: "met" },
    {
      name: "left to the default, which is on",
      given: system(["Deployment", `${at.container}.securityContext.allowPrivilegeEscalation`, undefined]),
      want: "not met",
      says: "allowPrivilegeEscalation is missing; need false",
    },
    {
      name: "privileged",
      given: system(["Deployment", `${at.container}.securityContext.privileged`, true]),
      want: "not met",
      says: "privileged is true",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.container}.securityContext`, notKnown.object]),
      want: "unverifiable",
      says: "securityContext is not known",
    },
  ],
});
