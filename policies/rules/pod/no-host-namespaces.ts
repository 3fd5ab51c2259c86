import { at, notKnown, system } from "../../engine/example";
import type { PodSpec } from "../../engine/kubernetes";
import { pods } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

const switches = ["hostNetwork", "hostPID", "hostIPC"] as const;

/** Pod Security Standards, baseline, "Host Namespaces". */
export const noHostNamespaces = defineRule<PodSpec>({
  id: "GL-POD-06",
  slug: "no-host-namespaces",
  title: "No pod shares the network, processes or memory of its node.",
  why: "A pod in the node's namespaces sees other tenants' traffic and processes, past every network policy.",
  fix: "Remove hostNetwork, hostPID and hostIPC.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "CIS:5.2.3", "CIS:5.2.4", "CIS:5.2.5", "NIST:SC-7"],
  scope: "resource",
  inspects: "pod",
  subjects: pods,
  check: pod => switches.filter(key => pod[key] === true).map(key => ({ path: key, value: true, needed: "false" })),
  examples: [
    { name: "its own namespaces", given: system(), want: "met" },
    {
      name: "the node's network",
      given: system(["Deployment", `${at.pod}.hostNetwork`, true]),
      want: "not met",
      says: "hostNetwork is true; need false",
    },
    {
      name: "the node's processes",
      given: system(["Deployment", `${at.pod}.hostPID`, true]),
      want: "not met",
      says: "hostPID",
    },
    {
      name: "the node's memory",
      given: system(["Deployment", `${at.pod}.hostIPC`, true]),
      want: "not met",
      says: "hostIPC",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.pod}.hostNetwork`, notKnown.boolean]),
      want: "unverifiable",
    },
  ],
});
