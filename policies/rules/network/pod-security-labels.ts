import { notKnown, system } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

function namespaces(resource: Resource): Subject<Metadata>[] {
  if (resource.group !== "" || resource.kind !== "Namespace") return [];
  return [{ resource, path: "", read: () => readAll<{ metadata?: Metadata }>(resource).metadata ?? {} }];
}

const label = "pod-security.kubernetes.io/enforce";
const labelled = (value: unknown) => system(["Namespace", "metadata.labels", { [label]: value }]);

export const podSecurityLabels = defineRule<Metadata>({
  id: "GL-NET-02",
  slug: "pod-security-labels",
  title: "Every namespace has the API server refuse pods that are not restricted.",
  why: "What operators and people make later is not in this stack; only the API server sees every pod.",
  fix: `Label the namespace ${label}: restricted.`,
  severity: "high",
  requirements: ["S-151", "S-169"],
  items: ["D.1.2", "F.5"],
  mappings: ["PSS:restricted", "CIS:5.2.1", "NIST:CM-7"],
  scope: "resource",
  inspects: "namespace",
  subjects: namespaces,
  showable: [label],
  check: ({ labels }) => {
    const level = labels?.[label];
    return level === "restricted"
      ? []
      : [
          {
            path: "metadata.labels",
            found: level === undefined ? `without ${label}` : `of a level below restricted`,
            needed: "restricted",
          },
        ];
  },
  examples: () => [
    { name: "restricted", given: labelled("restricted"), want: "met" },
    { name: "no label", given: system(), want: "not met", says: "without pod-security.kubernetes.io/enforce" },
    { name: "privileged", given: labelled("privileged"), want: "not met", says: "below restricted" },
    { name: "not known yet", given: labelled(notKnown.string), want: "unverifiable" },
  ],
});
