import { at, noneOfIt, notKnown, system, without } from "../../engine/example";
import type { Metadata, PodSpec } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";
import { pods, readAll } from "../../engine/kubernetes";
import { once } from "../../engine/lookup";
import type { ExampleResource, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

type Pod = PodSpec & { serviceAccountName?: string; priorityClassName?: string };

const account: ExampleResource = {
  type: "kubernetes:core/v1:ServiceAccount",
  name: "api",
  props: { metadata: { name: "api", namespace: "shop" } },
};
const priority: ExampleResource = {
  type: "kubernetes:scheduling.k8s.io/v1:PriorityClass",
  name: "ordinary",
  props: { metadata: { name: "ordinary" }, value: 1 },
};

/** `namespace/name` of every object of a kind. */
const names = (group: string, kind: string, graph: Graph): Set<string> =>
  once(graph, `names of ${group}/${kind}`, () => {
    const all = graph.ofKind(group, kind).map(one => readAll<{ metadata?: Metadata }>(one).metadata);
    return new Set(all.map(one => `${one?.namespace}/${one?.name}`));
  });

export const accountsAndClassesExist = defineRule<Pod>({
  id: "GL-REF-07",
  slug: "accounts-and-classes-exist",
  title: "The service account and the priority class of a pod exist.",
  why: "Without them no pod is made at all, and the controller says so only in its events.",
  fix: "Make the ServiceAccount in the pod's namespace, and the PriorityClass.",
  severity: "high",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CM-2"],
  scope: "stack",
  inspects: "pod",
  subjects: pods,
  check: ({ serviceAccountName, priorityClassName }, { graph }, { resource }) => {
    // Operators make the accounts of what they make.
    const isOperated = !["", "apps", "batch", "argoproj.io"].includes(resource.group ?? "");
    const { namespace } = readAll<{ metadata?: Metadata }>(resource).metadata ?? {};
    const found: Violation[] = [];
    if (serviceAccountName !== undefined && serviceAccountName !== "default" && !isOperated)
      if (!names("", "ServiceAccount", graph).has(`${namespace}/${serviceAccountName}`))
        found.push({
          path: "serviceAccountName",
          found: "an account that is not in this stack",
          needed: "one that is",
        });
    if (priorityClassName !== undefined && !priorityClassName.startsWith("system-"))
      if (!names("scheduling.k8s.io", "PriorityClass", graph).has(`undefined/${priorityClassName}`))
        found.push({ path: "priorityClassName", found: "a class that is not in this stack", needed: "one that is" });
    return found;
  },
  examples: () => [
    { name: "both", given: [...system(), account, priority], want: "met" },
    {
      name: "no account",
      given: [...system(), priority],
      want: "not met",
      says: "serviceAccountName is an account that is not in this stack",
    },
    {
      name: "no class",
      given: [...system(), account],
      want: "not met",
      says: "priorityClassName is a class that is not in this stack",
    },
    {
      name: "the cluster's own class",
      given: [...system(["Deployment", `${at.pod}.priorityClassName`, "system-cluster-critical"]), account],
      want: "met",
    },
    {
      name: "not known yet",
      given: [...system(["Deployment", `${at.pod}.serviceAccountName`, notKnown.string]), priority],
      want: "unverifiable",
    },
    { ...noneOfIt, given: without("Deployment") },
  ],
});
