import { at, notKnown, system } from "../../engine/example";
import { containers, isWindows } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";
import type { ContainerInPod } from "../../engine/kubernetes";

/** Pod Security Standards, restricted, "Running as Non-root" and "Running as Non-root user". */
export const runAsNonRoot = defineRule<ContainerInPod>({
  id: "GL-POD-01",
  slug: "run-as-non-root",
  title: "Every container runs as a user other than root.",
  why: "A process that breaks out of its container as root is root on the node.",
  fix: "Set securityContext.runAsNonRoot to true for the pod, and give no runAsUser of 0.",
  severity: "high",
  requirements: ["S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["PSS:restricted", "CIS:5.2.7", "NIST:AC-6"],
  scope: "resource",
  inspects: "container",
  subjects: containers,
  check: ({ container, pod }) => {
    if (isWindows(pod)) return { notApplicable: "Windows pods have no root user" };
    const own = container.securityContext;
    const flag = own?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot;
    if (flag !== true)
      return [{ path: "securityContext.runAsNonRoot", value: flag, needed: "true, here or for the pod" }];
    const user = own?.runAsUser ?? pod.securityContext?.runAsUser;
    return user === 0 ? [{ path: "securityContext.runAsUser", value: user, needed: "a user above 0" }] : [];
  },
  examples: [
    { name: "the pod says so for all", given: system(), want: "met" },
    {
      name: "nobody says so",
      given: system(["Deployment", `${at.pod}.securityContext`, {}]),
      want: "not met",
      says: "runAsNonRoot is missing; need true",
    },
    {
      name: "a container takes it back",
      given: system(["Deployment", `${at.container}.securityContext.runAsNonRoot`, false]),
      want: "not met",
      says: "runAsNonRoot is false",
    },
    {
      name: "user 0 all the same",
      given: system(["Deployment", `${at.container}.securityContext.runAsUser`, 0]),
      want: "not met",
      says: "runAsUser is 0",
    },
    {
      name: "an init container without it",
      given: system([
        "Deployment",
        `${at.pod}.initContainers.0`,
        { name: "init", securityContext: { runAsNonRoot: false } },
      ]),
      want: "not met",
      says: "initContainers[0]",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.container}.securityContext.runAsNonRoot`, notKnown.boolean]),
      want: "unverifiable",
      says: "not known at preview",
    },
    {
      name: "a Windows pod",
      given: system(["Deployment", `${at.pod}.os`, { name: "windows" }]),
      want: "not applicable",
    },
  ],
});
