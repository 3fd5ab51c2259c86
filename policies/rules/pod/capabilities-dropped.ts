import { at, notKnown, system } from "../../engine/example";
import type { ContainerInPod } from "../../engine/kubernetes";
import { containers, isWindows } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

const allowed = ["NET_BIND_SERVICE"];

/** Pod Security Standards, restricted, "Capabilities". */
export const capabilitiesDropped = defineRule<ContainerInPod>({
  id: "GL-POD-03",
  slug: "capabilities-dropped",
  title: "Every container drops all capabilities and adds at most NET_BIND_SERVICE.",
  why: "The default set still allows raw sockets, changing owners and more that services never need.",
  fix: 'Set securityContext.capabilities.drop to ["ALL"] and add nothing but NET_BIND_SERVICE.',
  severity: "high",
  requirements: ["S-151", "S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["PSS:restricted", "CIS:5.2.8", "CIS:5.2.9", "NIST:AC-6", "NIST:CM-7"],
  scope: "resource",
  inspects: "container",
  showable: ["add"],
  subjects: containers,
  check: ({ container, pod }) => {
    if (isWindows(pod)) return { notApplicable: "Windows has no capabilities" };
    const { drop = [], add = [] } = container.securityContext?.capabilities ?? {};
    const extra = add.map((value, index) => ({ value, index })).filter(({ value }) => !allowed.includes(value));
    return [
      ...(drop.some(one => one === "ALL")
        ? []
        : [{ path: "securityContext.capabilities.drop", found: "without ALL", needed: '["ALL"]' }]),
      ...extra.map(({ value, index }) => ({
        path: `securityContext.capabilities.add[${index}]`,
        value,
        needed: "no capability but NET_BIND_SERVICE",
      })),
    ];
  },
  examples: [
    { name: "all dropped", given: system(), want: "met" },
    {
      name: "all dropped, low ports allowed",
      given: system(["Deployment", `${at.container}.securityContext.capabilities.add`, ["NET_BIND_SERVICE"]]),
      want: "met",
    },
    {
      name: "none dropped",
      given: system(["Deployment", `${at.container}.securityContext.capabilities`, undefined]),
      want: "not met",
      says: "capabilities.drop is without ALL",
    },
    {
      name: "some dropped",
      given: system(["Deployment", `${at.container}.securityContext.capabilities.drop`, ["NET_RAW"]]),
      want: "not met",
      says: "without ALL",
    },
    {
      name: "one added",
      given: system(["Deployment", `${at.container}.securityContext.capabilities.add`, ["SYS_ADMIN"]]),
      want: "not met",
      says: 'add[0] is "SYS_ADMIN"',
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.container}.securityContext.capabilities.drop`, [notKnown.string]]),
      want: "unverifiable",
    },
  ],
});
