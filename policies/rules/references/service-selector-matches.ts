import { notKnown, system } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { ofKind } from "../../engine/kubernetes";
import { podsPicked } from "../../engine/references";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Service {
  metadata?: Metadata;
  spec?: { selector?: Record<string, string>; type?: string };
}

const services = ofKind<Service>("", "Service");

const service = (spec: object): ExampleResource[] => [
  ...system(),
  { type: "kubernetes:core/v1:Service", name: "api", props: { metadata: { name: "api", namespace: "shop" }, spec } },
];

export const serviceSelectorMatches = defineRule<Service>({
  id: "GL-REF-01",
  slug: "service-selector-matches",
  title: "Every Service leads to pods of this stack.",
  why: "A Service whose selector fits nothing answers nobody, and everything that deploys it says it is fine.",
  fix: "Correct the selector to the labels of the pod template, in the same namespace.",
  severity: "high",
  requirements: ["S-125", "S-128"],
  items: ["A.2.1", "A.3.1"],
  mappings: ["NIST:CM-2"],
  scope: "stack",
  inspects: "service",
  subjects: services,
  check: ({ metadata, spec = {} }, { graph }) => {
    if (spec.type === "ExternalName") return { notApplicable: "it is a name for something outside" };
    if (spec.selector === undefined) return { notApplicable: "its endpoints are kept by hand" };
    const selector = { matchLabels: spec.selector };
    const hit = podsPicked(graph, metadata?.namespace, selector).length > 0;
    return hit
      ? []
      : [
          {
            path: "spec.selector",
            found: "one that no pod of this stack fits",
            needed: "labels of a pod template in its namespace",
          },
        ];
  },
  examples: () => [
    { name: "its pods", given: service({ selector: { "app.kubernetes.io/name": "api" } }), want: "met" },
    {
      name: "nobody's",
      given: service({ selector: { app: "web" } }),
      want: "not met",
      says: "no pod of this stack fits",
    },
    {
      name: "a name for something outside",
      given: service({ type: "ExternalName", externalName: "example.com" }),
      want: "not applicable",
    },
    { name: "not known yet", given: service({ selector: notKnown.object }), want: "unverifiable" },
  ],
});
