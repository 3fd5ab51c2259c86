import { noneOfIt, notKnown, system } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { objects, readAll } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";
import { remembered } from "../../engine/remembered";
import type { Resource } from "../../engine/resource";
import { defineRule } from "../../engine/rule";

/** What the API server tells objects apart by; undefined for names that are still to be made up. */
function nameOf(resource: Resource): string | undefined {
  const { name, namespace = "default" } = readAll<{ metadata?: Metadata }>(resource).metadata ?? {};
  return name === undefined ? undefined : `${resource.group}/${resource.kind} ${namespace}/${name}`;
}

/** How often each name stands in a graph; what is not known yet is counted where it is judged. */
const counts = remembered((graph: Graph): Map<string, number> => {
  const count = new Map<string, number>();
  for (const resource of graph.all) {
    if (resource.kind === undefined || resource.kind.endsWith("Patch")) continue;
    let name: string | undefined;
    try {
      name = nameOf(resource);
    } catch {
      continue;
    }
    if (name !== undefined) count.set(name, (count.get(name) ?? 0) + 1);
  }
  return count;
});

const twin = {
  type: "kubernetes:policy/v1:PodDisruptionBudget",
  name: "again",
  props: { metadata: { name: "api", namespace: "shop" }, spec: {} },
};

export const namesUnique = defineRule<{ metadata: Metadata }>({
  id: "GL-REF-08",
  slug: "names-unique",
  title: "No two resources of a stack are the same object.",
  why: "Each run then sets back what the other set, and deleting one deletes both.",
  fix: "Remove one of them, or give it another name.",
  severity: "high",
  requirements: ["S-161"],
  items: ["E.2.2"],
  mappings: ["NIST:CM-3"],
  scope: "stack",
  inspects: "object",
  subjects: resource => (resource.kind?.endsWith("Patch") ? [] : objects(resource)),
  check: (_value, { graph }, { resource }) => {
    const name = nameOf(resource);
    if (name === undefined) return { notApplicable: "its name is made up by the API server" };
    return (counts(graph).get(name) ?? 0) > 1
      ? [
          {
            path: "metadata.name",
            found: "the name of another resource of this stack too",
            needed: "a name of its own",
          },
        ]
      : [];
  },
  weaken: (subject, all) => [...all, { ...subject, urn: `${subject.urn}-again` }],
  examples: () => [
    { name: "each its own", given: system(), want: "met" },
    {
      name: "twice",
      given: [...system(), twin],
      want: "not met",
      says: "the name of another resource of this stack too",
    },
    {
      name: "the same name elsewhere",
      given: [...system(), { ...twin, props: { metadata: { name: "api", namespace: "web" } } }],
      want: "met",
    },
    {
      name: "not known yet",
      given: [{ ...twin, props: { metadata: { name: notKnown.string } } }],
      want: "unverifiable",
    },
    { name: "made up later", given: [{ ...twin, props: { metadata: { namespace: "shop" } } }], want: "not applicable" },
    { ...noneOfIt, given: [] },
  ],
});
