import { at, notKnown, system } from "../../engine/example";
import type { Container, Workload } from "../../engine/kubernetes";
import { servingWorkloads } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";

type Ending = Container & { lifecycle?: { preStop?: object }; ports?: object[] };

const lifecycle = (value: unknown) =>
  system(
    ["Deployment", `${at.container}.ports`, [{ containerPort: 8080 }]],
    ["Deployment", `${at.container}.lifecycle`, value],
  );

export const gracefulEnd = defineRule<Workload>({
  id: "GL-HA-05",
  slug: "graceful-end",
  title: "A pod goes on serving until nobody sends it requests any more.",
  why: "Proxies hear of an ending pod a moment after it was told to stop; what they send meanwhile fails.",
  fix: "Give containers with ports a preStop hook, such as sleep 5 s, and a terminationGracePeriodSeconds beyond it.",
  severity: "medium",
  requirements: ["S-128", "S-152"],
  items: ["A.3.1", "D.2.1"],
  mappings: ["NIST:CP-10"],
  scope: "resource",
  inspects: "workload",
  subjects: servingWorkloads,
  check: ({ kind, template }) => {
    const base = kind === "Pod" ? "spec" : "spec.template.spec";
    const containers = (template.spec.containers ?? []) as Ending[];
    if (containers.length === 0)
      return [{ path: `${base}.containers`, value: containers, needed: "at least one container" }];
    // A pod needs one that holds it back; metrics and other sidecars end with it.
    const serving = containers
      .map((container, index) => ({ container, index }))
      .filter(one => (one.container.ports ?? []).length > 0);
    if (serving.length === 0) return [];
    return serving.some(({ container }) => container.lifecycle?.preStop !== undefined)
      ? []
      : [
          {
            path: `${base}.containers[${serving[0]!.index}].lifecycle.preStop`,
            value: undefined,
            needed: "a hook that waits",
          },
        ];
  },
  examples: () => [
    { name: "a moment to drain", given: lifecycle({ preStop: { sleep: { seconds: 5 } } }), want: "met" },
    { name: "nothing to drain", given: system(), want: "met" },
    { name: "at once", given: lifecycle(undefined), want: "not met", says: "lifecycle.preStop is missing" },
    { name: "not known yet", given: lifecycle(notKnown.object), want: "unverifiable" },
  ],
});
