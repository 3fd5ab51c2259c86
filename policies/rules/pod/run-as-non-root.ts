import { demandRule } from "../../engine/demand";
import { at, notKnown, system, valuesAt } from "../../engine/example";

/** Pod Security Standards, restricted, "Running as Non-root" and "Running as Non-root user". */
export const runAsNonRoot = demandRule({
  id: "GL-POD-01",
  slug: "run-as-non-root",
  title: "Every container runs as a user other than root.",
  why: "A process that breaks out of its container as root is root on the node.",
  fix: "Set securityContext.runAsNonRoot to true for the pod, and give no runAsUser of 0.",
  severity: "high",
  requirements: ["S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["PSS:restricted", "CIS:5.2.7", "NIST:AC-6"],
  groups: ["pss-restricted"],
  inspects: "container",
  demand: {
    clauses: [
      { of: "pod", path: "securityContext.runAsNonRoot", want: { oneOf: [true] }, needed: "true" },
      {
        of: "container",
        path: "securityContext.runAsNonRoot",
        want: { oneOf: [true] },
        required: true,
        orPod: true,
        needed: "true, here or for the pod",
      },
      { of: "pod", path: "securityContext.runAsUser", want: { noneOf: [0] }, needed: "a user above 0" },
      { of: "container", path: "securityContext.runAsUser", want: { noneOf: [0] }, needed: "a user above 0" },
    ],
    unless: [
      { path: "hostUsers", is: false, because: "in a user namespace of its own, its root is nobody on the node" },
    ],
  },
  examples: () => [
    { name: "the pod says so for all", given: system(), want: "met" },
    ...valuesAt(["Deployment", `${at.pod}.securityContext`], {
      met: [{ runAsNonRoot: true, runAsUser: 1000 }],
      notMet: [
        [{}, "runAsNonRoot is missing; need true, here or for the pod"],
        [{ runAsNonRoot: true, runAsUser: 0 }, "runAsUser is 0; need a user above 0"],
      ],
    }),
    ...valuesAt(["Deployment", `${at.container}.securityContext.runAsNonRoot`], {
      notMet: [[false, "runAsNonRoot is false; need true"]],
      unverifiable: [notKnown.boolean],
    }),
    ...valuesAt(["Deployment", `${at.container}.securityContext.runAsUser`], { notMet: [[0, "runAsUser is 0"]] }),
    ...valuesAt(["Deployment", `${at.pod}.initContainers.0`], {
      notMet: [[{ name: "init", securityContext: { runAsNonRoot: false } }, "initContainers[0]"]],
    }),
    {
      name: "in a user namespace",
      given: system(
        ["Deployment", `${at.pod}.hostUsers`, false],
        ["Deployment", `${at.pod}.securityContext`, { runAsUser: 0 }],
      ),
      want: "not applicable",
    },
  ],
});
