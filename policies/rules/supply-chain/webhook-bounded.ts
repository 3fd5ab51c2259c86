import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration", {
  metadata: { name: "hook" },
  webhooks: [{ name: "a.b.c", timeoutSeconds: 5, sideEffects: "None" }],
});

export const webhookBounded = demandRule({
  id: "GL-SUP-04",
  slug: "webhook-bounded",
  title: "Webhooks of the API server answer soon, and do nothing when asked for a trial.",
  why: "A webhook that hangs makes every deployment hang, the one that would repair it among them.",
  fix: "Set timeoutSeconds to at most 10 and sideEffects to None or NoneOnDryRun.",
  severity: "high",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CP-10"],
  inspects: "webhook",
  showable: ["sideEffects"],
  demand: {
    kinds: [
      "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
      "admissionregistration.k8s.io/MutatingWebhookConfiguration",
    ],
    clauses: [
      { of: "object", path: "webhooks[].timeoutSeconds", want: { atMost: 10 }, needed: "at most 10" },
      {
        of: "object",
        path: "webhooks[].sideEffects",
        required: true,
        want: { oneOf: ["None", "NoneOnDryRun"] },
        needed: "None",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["ValidatingWebhookConfiguration", "webhooks.0.timeoutSeconds"],
      {
        met: [undefined],
        notMet: [[30, "webhooks[0].timeoutSeconds is 30; need at most 10"]],
        unverifiable: [notKnown.number],
      },
      given,
    ),
    ...valuesAt(
      ["ValidatingWebhookConfiguration", "webhooks.0.sideEffects"],
      { notMet: [["Some", 'webhooks[0].sideEffects is "Some"; need None']] },
      given,
    ),
    noneOfIt,
  ],
});
