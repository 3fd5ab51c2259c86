import { notKnown, system, without } from "../../engine/example";
import type { LabelSelector, Metadata } from "../../engine/kubernetes";
import { pods, readAll } from "../../engine/kubernetes";
import type { Graph } from "../../engine/graph";
import { once } from "../../engine/lookup";
import type { Resource } from "../../engine/resource";
import type { Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface NetworkPolicy {
  metadata?: Metadata;
  spec?: {
    podSelector?: LabelSelector;
    policyTypes?: string[];
    ingress?: { from?: object[]; ports?: object[] }[];
    egress?: { to?: object[]; ports?: object[] }[];
  };
}

/** Namespaces that the stack declares, and those its pods live in. */
function namespaces(resource: Resource): Subject<string | undefined>[] {
  if (resource.group === "" && resource.kind === "Namespace")
    return [{ resource, path: "", read: () => readAll<{ metadata?: Metadata }>(resource).metadata?.name }];
  if (pods(resource).length === 0) return [];
  return [
    { resource, path: "", read: () => readAll<{ metadata?: Metadata }>(resource).metadata?.namespace ?? "default" },
  ];
}

const sides = ["Ingress", "Egress"] as const;
const listOf = { Ingress: "ingress", Egress: "egress" } as const;

const isEveryPod = (selector: LabelSelector | undefined) =>
  selector !== undefined &&
  Object.keys(selector.matchLabels ?? {}).length === 0 &&
  (selector.matchExpressions ?? []).length === 0;

/** Directions a policy is about; without a list, ingress always and egress where it has rules (networking/v1). */
const typesOf = ({ policyTypes, egress }: NonNullable<NetworkPolicy["spec"]>): readonly string[] =>
  policyTypes ? [...policyTypes] : egress && egress.length > 0 ? sides : ["Ingress"];

/** Which directions the policies on every pod of a namespace deny, and which they open to everybody. */
const stance = (namespace: string | undefined, graph: Graph) =>
  once(graph, `stance of ${namespace}`, () => readStance(namespace, graph));

function readStance(namespace: string | undefined, graph: Graph) {
  const specs = graph
    .ofKind("networking.k8s.io", "NetworkPolicy")
    .map(resource => readAll<NetworkPolicy>(resource))
    .filter(policy => (policy.metadata?.namespace ?? "default") === namespace && isEveryPod(policy.spec?.podSelector))
    .map(policy => policy.spec!);
  const denied = sides.filter(side => specs.some(spec => typesOf(spec).includes(side)));
  const open = sides.filter(side => {
    const peers = side === "Ingress" ? "from" : "to";
    return specs.some(spec =>
      (spec[listOf[side]] ?? []).some(rule =>
        isOpen((rule as Record<string, object[] | undefined>)[peers], rule.ports),
      ),
    );
  });
  return { denied, open };
}

const isOpen = (peers: object[] | undefined, ports: object[] | undefined) =>
  (peers ?? []).length === 0 && (ports ?? []).length === 0;

export const defaultDeny = defineRule<string | undefined>({
  id: "GL-NET-01",
  slug: "default-deny",
  title: "Every namespace denies traffic in both directions unless a policy allows it.",
  why: "Without it every pod reaches every other, and an intruder in one has all.",
  fix: "Add a NetworkPolicy with an empty podSelector and policyTypes [Ingress, Egress] to the namespace, and allow by name.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["CIS:5.3.2", "NIST:SC-7", "NIST:AC-4", "SOC2:CC6.6", "ISO:8.22"],
  scope: "stack",
  inspects: "namespace",
  subjects: namespaces,
  check: (namespace, { graph }, { resource }) => {
    const declared = graph.ofKind("", "Namespace").map(one => readAll<{ metadata?: Metadata }>(one).metadata?.name);
    if (resource.kind !== "Namespace" && declared.includes(namespace))
      return { notApplicable: "its namespace is judged itself" };
    const { denied, open } = stance(namespace, graph);
    const missing = sides.filter(side => !denied.includes(side));
    const where = `in namespace ${namespace ?? "(none)"}`;
    return [
      ...missing.map(side => ({
        path: "",
        found: `${where}, where ${side.toLowerCase()} is not denied by default`,
        needed: "a policy on every pod that denies it",
      })),
      ...open.map(side => ({
        path: "",
        found: `${where}, where a policy on every pod opens all ${side.toLowerCase()}`,
        needed: "policies that name peers or ports",
      })),
    ];
  },
  examples: () => [
    { name: "both ways denied", given: system(), want: "met" },
    { name: "no policy", given: without("NetworkPolicy"), want: "not met", says: "ingress is not denied by default" },
    {
      name: "one way only",
      given: system(["NetworkPolicy", "spec.policyTypes", ["Ingress"]]),
      want: "not met",
      says: "egress is not denied",
    },
    {
      name: "for some pods only",
      given: system(["NetworkPolicy", "spec.podSelector", { matchLabels: { app: "api" } }]),
      want: "not met",
      says: "ingress is not denied",
    },
    { name: "in another namespace", given: system(["NetworkPolicy", "metadata.namespace", "other"]), want: "not met" },
    {
      name: "denied and opened again",
      given: system(["NetworkPolicy", "spec.ingress", [{}]]),
      want: "not met",
      says: "opens all ingress",
    },
    {
      name: "not known yet",
      given: system(["NetworkPolicy", "spec.podSelector", notKnown.object]),
      want: "unverifiable",
    },
  ],
});
