import { alone, noneOfIt, notKnown } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import { durationMinutes } from "../../../model/cadence";
import type { Resource } from "../../engine/resource";
import type { Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Step {
  setWeight?: number;
  pause?: { duration?: string | number };
}

function canaries(resource: Resource): Subject<Canary>[] {
  if (resource.group !== "argoproj.io" || resource.kind !== "Rollout") return [];
  type Rollout = { spec?: { strategy?: { canary?: { steps?: Step[] } } } };
  const strategy = () => readAll<Rollout>(resource).spec?.strategy;
  const read = () => (strategy()?.canary ? { isCanary: true, steps: strategy()?.canary?.steps ?? [] } : none);
  return [{ resource, path: "spec.strategy.canary.steps", read }];
}

interface Canary {
  isCanary: boolean;
  steps: Step[];
}
const none: Canary = { isCanary: false, steps: [] };

const rollout = (steps: unknown) =>
  alone("kubernetes:argoproj.io/v1alpha1:Rollout", {
    metadata: { name: "api", namespace: "shop" },
    spec: { strategy: { canary: { steps } } },
  });
const hold = (duration: unknown) => ({ pause: { duration } });

/** How much of the traffic may meet a version first, in percent, and how long each step must last. */
const first = 10;
const leastMinutes = 5;

export const releaseGradual = defineRule<Canary>({
  id: "GL-REL-05",
  slug: "release-gradual",
  title: "A canary begins small, grows, and stays at each step long enough to be measured.",
  why: "Half of the users are a lot of people to find out on; a minute is too short for an alert.",
  fix: "Begin with at most 10 %, and pause at least five minutes after each weight.",
  severity: "high",
  requirements: ["S-153"],
  items: ["D.2.2"],
  mappings: ["NIST:CM-3"],
  scope: "resource",
  inspects: "release",
  subjects: canaries,
  check: ({ isCanary, steps }) => {
    if (!isCanary) return { notApplicable: "it is no canary" };
    // Without steps the controller sends everybody to the new version at once.
    if (steps.length === 0)
      return [{ path: "", found: "without a step", needed: `steps that begin with at most ${first} %` }];
    const weights = steps
      .map((step, index) => ({ weight: step.setWeight, index }))
      .filter(one => one.weight !== undefined);
    const found: Violation[] = [];
    if ((weights[0]?.weight ?? 100) > first)
      found.push({
        path: `[${weights[0]?.index ?? 0}].setWeight`,
        value: weights[0]?.weight,
        needed: `at most ${first}`,
      });
    weights.forEach(({ weight, index }, place) => {
      if (place > 0 && weight! <= weights[place - 1]!.weight!)
        found.push({ path: `[${index}].setWeight`, value: weight, needed: `more than ${weights[place - 1]!.weight}` });
      const pause = steps[index + 1]?.pause;
      const minutes = pause === undefined ? 0 : minutesOf(pause.duration);
      if (minutes < leastMinutes)
        found.push({
          path: `[${index}]`,
          found: `a weight that is held ${minutes} min`,
          needed: `at least ${leastMinutes}`,
        });
    });
    return found;
  },
  examples: () => [
    {
      name: "5, 25, 100",
      given: rollout([{ setWeight: 5 }, hold("10m"), { setWeight: 25 }, hold("15m"), { setWeight: 100 }, hold("30m")]),
      want: "met",
    },
    { name: "until somebody says so", given: rollout([{ setWeight: 5 }, { pause: {} }]), want: "met" },
    { name: "seconds as a number", given: rollout([{ setWeight: 5 }, hold(600)]), want: "met" },
    {
      name: "begins with half",
      given: rollout([{ setWeight: 50 }, hold("10m")]),
      want: "not met",
      says: "setWeight is 50; need at most 10",
    },
    {
      name: "shrinks",
      given: rollout([{ setWeight: 5 }, hold("10m"), { setWeight: 5 }, hold("10m")]),
      want: "not met",
      says: "setWeight is 5; need more than 5",
    },
    {
      name: "hurries",
      given: rollout([{ setWeight: 5 }, hold("1m")]),
      want: "not met",
      says: "a weight that is held 1 min",
    },
    { name: "does not wait", given: rollout([{ setWeight: 5 }]), want: "not met", says: "held 0 min" },
    { name: "not known yet", given: rollout([{ setWeight: notKnown.number }, hold("10m")]), want: "unverifiable" },
    { name: "all at once", given: rollout([]), want: "not met", says: "without a step" },
    { name: "all at once, unsaid", given: rollout(undefined), want: "not met", says: "without a step" },
    {
      name: "blue and green",
      given: alone("kubernetes:argoproj.io/v1alpha1:Rollout", { spec: { strategy: { blueGreen: {} } } }),
      want: "not applicable",
    },
    noneOfIt,
  ],
});

/** Argo reads a number as seconds; no duration waits until a person goes on. */
const minutesOf = (duration: string | number | undefined): number => {
  if (duration === undefined) return Infinity;
  return typeof duration === "number" ? duration / 60 : (durationMinutes(duration) ?? 0);
};
