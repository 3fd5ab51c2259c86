import { at, notKnown, system } from "../../engine/example";
import type { ContainerInPod } from "../../engine/kubernetes";
import { containers, isWindows } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

export const readOnlyRootFilesystem = defineRule<ContainerInPod>({
  id: "GL-POD-04",
  slug: "read-only-root-filesystem",
  title: "Every container's root file system is read-only.",
  why: "An intruder cannot leave tools behind, and a service cannot come to depend on files that vanish with it.",
  fix: "Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where files must be written.",
  severity: "medium",
  requirements: ["S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["CIS:5.7.3", "NIST:CM-7", "NIST:SI-7"],
  scope: "resource",
  inspects: "container",
  subjects: containers,
  check: ({ container, pod }) => {
    if (isWindows(pod)) return { notApplicable: "Windows has no such switch" };
    const value = container.securityContext?.readOnlyRootFilesystem;
    return value === true ? [] : [{ path: "securityContext.readOnlyRootFilesystem", value, needed: "true" }];
  },
  examples: [
    { name: "read-only", given: system(), want: "met" },
    {
      name: "not said",
      given: system(["Deployment", `${at.container}.securityContext`, {}]),
      want: "not met",
      says: "readOnlyRootFilesystem is missing; need true",
    },
    {
      name: "writable",
      given: system(["Deployment", `${at.container}.securityContext.readOnlyRootFilesystem`, false]),
      want: "not met",
      says: "is false",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.container}.securityContext.readOnlyRootFilesystem`, notKnown.boolean]),
      want: "unverifiable",
    },
  ],
});
