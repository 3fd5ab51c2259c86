import { demandRule } from "../../engine/demand";
import { at, notKnown, system } from "../../engine/example";

export const serviceAccountTokenOff = demandRule({
  id: "GL-RBAC-01",
  slug: "service-account-token-off",
  title: "No pod is given a token for the Kubernetes API that it does not need.",
  why: "A stolen token is a way into the API server from any pod that mounts one.",
  fix: "Set automountServiceAccountToken to false on the pod; a pod that talks to the API takes a waiver.",
  severity: "medium",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["CIS:5.1.6", "NIST:AC-6"],
  inspects: "pod",
  demand: {
    clauses: [
      { of: "pod", path: "automountServiceAccountToken", want: { oneOf: [false] }, required: true, needed: "false" },
    ],
  },
  examples: () => [
    { name: "switched off", given: system(), want: "met" },
    {
      name: "left to the default, which is on",
      given: system(["Deployment", `${at.pod}.automountServiceAccountToken`, undefined]),
      want: "not met",
      says: "automountServiceAccountToken is missing; need false",
    },
    {
      name: "switched on",
      given: system(["Deployment", `${at.pod}.automountServiceAccountToken`, true]),
      want: "not met",
      says: "is true",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.pod}.automountServiceAccountToken`, notKnown.boolean]),
      want: "unverifiable",
    },
  ],
});
