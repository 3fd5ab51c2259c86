import { notKnown } from "../../engine/example";
import { reading } from "../../engine/reading";
import type { Resource } from "../../engine/resource";
import { shortName } from "../../engine/resource";
import type { ExampleResource, Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Chart {
  name?: string;
  chart?: string;
  version?: string;
}

const type = "kubernetes:helm.sh/v4:Chart";

function charts(resource: Resource): Subject<Chart>[] {
  if (resource.type !== type) return [];
  return [{ resource, path: "", read: () => reading<Chart>(resource.props, "", resource) }];
}

const chart = (props: object = {}): ExampleResource => ({
  type,
  name: "tool",
  props: { name: "tool", chart: "tool", version: "1.2.3", ...props },
});
const child: ExampleResource = {
  type: "kubernetes:core/v1:ConfigMap",
  name: "tool:tool/settings",
  parent: "tool",
  props: { metadata: { name: "settings", namespace: "tool" } },
};

const definition: ExampleResource = {
  type: "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
  name: "tools",
  parent: "tool",
  props: { metadata: { name: "tools.example.com" } },
};

export const chartsRendered = defineRule<Chart>({
  id: "GL-SUP-03",
  slug: "charts-rendered",
  title: "What every chart deploys is seen before it is deployed, and the kinds it defines are protected.",
  why: "A chart that rendered nothing passes every rule by holding nothing; and a definition that goes takes every object of its kind along, databases among them.",
  fix: "Preview with the official Kubernetes provider and plain chart values: a value that is not known yet renders nothing. Protect every CustomResourceDefinition by a transform.",
  severity: "high",
  requirements: ["S-150", "S-169"],
  items: ["D.1.1", "F.5"],
  mappings: ["NIST:CM-2", "NIST:SR-3"],
  scope: "stack",
  inspects: "chart",
  subjects: charts,
  check: ({ chart: name, version }, { graph }, { resource }) => {
    const objects = graph.all.filter(one => one.parent === resource.urn);
    if (objects.length === 0)
      return {
        unverifiable: `${name ?? "a chart"} ${version ?? "of no version"}, not rendered here`,
        needed: "its objects as resources of their own",
      };
    return objects
      .filter(one => one.kind === "CustomResourceDefinition" && one.protect === false)
      .map(one => ({ path: "", found: `bringing ${shortName(one)} without protection`, needed: "protect" }));
  },
  weaken: (subject, all) => {
    const kind = { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" };
    const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
    return [...all, { urn: `${subject.urn}-kind`, type, ...kind, protect: false, parent: subject.urn, props: {} }];
  },
  examples: () => [
    { name: "with its objects below it", given: [chart(), child], want: "met" },
    {
      name: "with nothing below it",
      given: [chart()],
      want: "unverifiable",
      says: "tool 1.2.3, not rendered here",
    },
    {
      name: "with a kind that a mistake may take away",
      given: [chart(), { ...definition, protect: false }],
      want: "not met",
      says: "bringing CustomResourceDefinition tools.example.com without protection",
    },
    { name: "with a kind that is protected", given: [chart(), definition], want: "met" },
    { name: "with somebody else's objects", given: [chart(), { ...child, parent: "other" }], want: "unverifiable" },
    { name: "of a version not known yet", given: [chart({ version: notKnown.string })], want: "unverifiable" },
    { name: "no chart", given: [definition], want: "not applicable" },
  ],
});
