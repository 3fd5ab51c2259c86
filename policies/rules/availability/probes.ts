import { at, notKnown, system } from "../../engine/example";
import type { Probe, Workload } from "../../engine/kubernetes";
import { servingWorkloads } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

const kinds = ["readinessProbe", "livenessProbe"] as const;
const handlers = ["httpGet", "tcpSocket", "exec", "grpc"] as const;
const isReal = (probe: Probe | undefined) =>
  probe !== undefined && handlers.some(handler => probe[handler] !== undefined);

export const probes = defineRule<Workload>({
  id: "GL-HA-01",
  slug: "probes",
  title: "Every serving container says when it is ready and whether it is alive.",
  why: "Without readiness, traffic reaches pods that cannot answer; without liveness, a hung pod stays for ever.",
  fix: "Give each container a readinessProbe and a livenessProbe with httpGet, tcpSocket, exec or grpc.",
  severity: "high",
  requirements: ["S-079", "S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:SI-4", "NIST:CP-10"],
  scope: "resource",
  inspects: "workload",
  subjects: servingWorkloads,
  check: ({ template, kind }) => {
    const list = template.spec.containers ?? [];
    if (list.length === 0)
      return [
        {
          path: kind === "Pod" ? "spec.containers" : "spec.template.spec.containers",
          value: list,
          needed: "at least one container",
        },
      ];
    const base = kind === "Pod" ? "spec.containers" : "spec.template.spec.containers";
    return list.flatMap((container, index) =>
      kinds
        .filter(probe => !isReal(container[probe]))
        .map(probe => ({
          path: `${base}[${index}].${probe}`,
          ...(container[probe] === undefined ? { value: undefined } : { found: "without a check" }),
          needed: "a probe that asks the container",
        })),
    );
  },
  examples: () => [
    { name: "both", given: system(), want: "met" },
    {
      name: "no readiness",
      given: system(["Deployment", `${at.container}.readinessProbe`, undefined]),
      want: "not met",
      says: "readinessProbe is missing",
    },
    {
      name: "no liveness",
      given: system(["Deployment", `${at.container}.livenessProbe`, undefined]),
      want: "not met",
      says: "livenessProbe is missing",
    },
    {
      name: "a probe that asks nothing",
      given: system(["Deployment", `${at.container}.readinessProbe`, { periodSeconds: 5 }]),
      want: "not met",
      says: "without a check",
    },
    {
      name: "not known yet",
      given: system(["Deployment", `${at.container}.livenessProbe`, notKnown.object]),
      want: "unverifiable",
    },
  ],
});
