import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:monitoring.coreos.com/v1:Alertmanager", {
  metadata: { name: "api", namespace: "shop" },
  spec: { replicas: 3 },
});

export const alertingSurvives = demandRule({
  id: "GL-OBS-05",
  slug: "alerting-survives",
  title: "Alerts go out when one of those who send them is gone.",
  why: "One Alertmanager on the node that failed says nothing of it.",
  fix: "Give Alertmanager 3 replicas; they tell one another what was sent.",
  severity: "high",
  requirements: ["S-148"],
  items: ["C.4.2"],
  mappings: ["NIST:IR-6"],
  inspects: "Alertmanager",

  demand: {
    kinds: ["monitoring.coreos.com/Alertmanager"],
    clauses: [{ of: "object", path: "spec.replicas", want: { atLeast: 2 }, needed: "at least 2" }],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Alertmanager", "spec.replicas"],
      {
        met: [2, 3],
        notMet: [
          [undefined, "spec.replicas is missing; need at least 2"],
          [1, "spec.replicas is 1"],
        ],
        unverifiable: [notKnown.number],
      },
      given,
    ),
    noneOfIt,
  ],
});
