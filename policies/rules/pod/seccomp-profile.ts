import { at, notKnown, system } from "../../engine/example";
import type { ContainerInPod } from "../../engine/kubernetes";
import { containers, isWindows } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

const allowed = ["RuntimeDefault", "Localhost"];

/** Pod Security Standards, restricted, "Seccomp". */
export const seccompProfile = defineRule<ContainerInPod>({
  id: "GL-POD-05",
  slug: "seccomp-profile",
  title: "Every container runs under a seccomp profile.",
  why: "Without one, every system call of the kernel is within reach.",
  fix: "Set securityContext.seccompProfile.type to RuntimeDefault for the pod.",
  severity: "medium",
  requirements: ["S-151", "S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["PSS:restricted", "CIS:5.7.2", "NIST:CM-7"],
  scope: "resource",
  inspects: "container",
  showable: ["type"],
  subjects: containers,
  check: ({ container, pod }) => {
    if (isWindows(pod)) return { notApplicable: "Windows has no seccomp" };
    const value = (container.securityContext?.seccompProfile ?? pod.securityContext?.seccompProfile)?.type;
    return value !== undefined && allowed.includes(value)
      ? []
      : [
          {
            path: "securityContext.seccompProfile.type",
            value,
            needed: "RuntimeDefault or Localhost, here or for the pod",
          },
        ];
  },
  examples: [
    { name: "the pod's profile", given: system(), want: "met" },
    {
      name: "none",
      given: system(["Deployment", `${at.pod}.securityContext.seccompProfile`, undefined]),
      want: "not met",
      says: "seccompProfile.type is missing",
    },
    {
      name: "unconfined",
      given: system(["Deployment", `${at.container}.securityContext.seccompProfile`, { type: "Unconfined" }]),
      want: "not met",
      says: '"Unconfined"',
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.pod}.securityContext.seccompProfile`, notKnown.object]),
      want: "unverifiable",
    },
  ],
});
