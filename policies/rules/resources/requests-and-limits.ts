import { parseQuantity } from "../../../model/quantity";
import { at, notKnown, system } from "../../engine/example";
import type { ContainerInPod } from "../../engine/kubernetes";
import { containers } from "../../engine/kubernetes";
import type { Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

const wanted = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "memory"],
] as const;

/** No CPU limit is asked for: a limit throttles a service that could use idle CPU, and protects nobody who requested. */
export const requestsAndLimits = defineRule<ContainerInPod>({
  id: "GL-RES-01",
  slug: "requests-and-limits",
  title: "Every container says what CPU and memory it needs, and how much memory it may take.",
  why: "Pods without requests are placed blindly and evicted first; one without a memory limit takes its node down.",
  fix: "Set resources.requests.cpu, resources.requests.memory and resources.limits.memory.",
  severity: "high",
  requirements: ["S-135"],
  items: ["B.1.2"],
  mappings: ["NIST:SC-6", "SOC2:A1.1", "ISO:8.6"],
  scope: "resource",
  inspects: "container",
  showable: ["cpu", "memory"],
  subjects: containers,
  check: ({ container, kind }) => {
    if (kind === "ephemeralContainers") return { notApplicable: "ephemeral containers have no resources" };
    const violations: Violation[] = wanted.flatMap(([side, name]) => {
      const value = container.resources?.[side]?.[name];
      const isGood = value !== undefined && (parseQuantity(value) ?? 0) > 0;
      return isGood ? [] : [{ path: `resources.${side}.${name}`, value, needed: "a quantity above zero" }];
    });
    if (violations.length > 0) return violations;
    const { requests, limits } = container.resources!;
    return parseQuantity(requests!.memory!)! > parseQuantity(limits!.memory!)!
      ? [
          {
            path: "resources.limits.memory",
            value: limits!.memory,
            needed: `at least the request, ${requests!.memory}`,
          },
        ]
      : [];
  },
  examples: () => [
    { name: "all three", given: system(), want: "met" },
    {
      name: "none",
      given: system(["Deployment", `${at.container}.resources`, undefined]),
      want: "not met",
      says: "resources.limits.memory is missing",
    },
    {
      name: "a limit alone",
      given: system(["Deployment", `${at.container}.resources.requests`, undefined]),
      want: "not met",
      says: "resources.requests.cpu is missing",
    },
    {
      name: "nothing asked for",
      given: system(["Deployment", `${at.container}.resources.requests.cpu`, "0"]),
      want: "not met",
      says: 'resources.requests.cpu is "0"',
    },
    {
      name: "a quantity nobody can read",
      given: system(["Deployment", `${at.container}.resources.requests.memory`, "128MB"]),
      want: "not met",
      says: '"128MB"; need a quantity',
    },
    {
      name: "less allowed than asked for",
      given: system(["Deployment", `${at.container}.resources.limits.memory`, "64Mi"]),
      want: "not met",
      says: "at least the request, 128Mi",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.container}.resources.requests.cpu`, notKnown.string]),
      want: "unverifiable",
    },
  ],
});
