import { isTreeObject } from "../../../model/unknown";
import { noneOfIt, notKnown, system } from "../../engine/example";
import type { LabelSelector, Metadata } from "../../engine/kubernetes";
import { ofKind, readAll, selects } from "../../engine/kubernetes";
import { once, pickersOf } from "../../engine/lookup";
import { podLabels, podsPicked } from "../../engine/references";
import type { Graph } from "../../engine/graph";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: object;
}

interface Policy {
  metadata?: Metadata;
  spec?: {
    podSelector?: LabelSelector;
    policyTypes?: string[];
    ingress?: { from?: Peer[] }[];
    egress?: { to?: Peer[] }[];
  };
}

type Pod = ReturnType<typeof podLabels>[number];

const policies = ofKind<Policy>("networking.k8s.io", "NetworkPolicy");

/** Labels of a namespace: the one the API server gives it, its name, and its own where this stack makes it. */
function namespaceLabels(name: string | undefined, graph: Graph): Record<string, string> {
  const own = graph
    .ofKind("", "Namespace")
    .map(one => readAll<{ metadata?: Metadata }>(one).metadata)
    .find(one => one?.name === name);
  return { ...own?.labels, "kubernetes.io/metadata.name": String(name) };
}

function fits(peer: Peer, home: string | undefined, pod: Pod, graph: Graph): boolean {
  if (peer.ipBlock !== undefined) return false;
  const inPlace = peer.namespaceSelector
    ? selects(peer.namespaceSelector, namespaceLabels(pod.namespace, graph))
    : pod.namespace === home;
  return inPlace && (peer.podSelector === undefined || selects(peer.podSelector, pod.labels));
}

const policiesAbout = (graph: Graph) =>
  once(graph, "network policies by pods", () =>
    pickersOf(
      graph.ofKind("networking.k8s.io", "NetworkPolicy").map(one => readAll<Policy>(one)),
      ({ metadata, spec }) => ({ namespace: metadata?.namespace, selector: spec?.podSelector }),
    ),
  );

/** Whether some policy lets one of these into a pod. A pod that no policy is about is open. */
function admits(pod: Pod, sources: Pod[], graph: Graph): boolean {
  const about = policiesAbout(graph)(pod.namespace, pod.labels).filter(one =>
    (one.spec?.policyTypes ?? ["Ingress"]).some(type => type === "Ingress"),
  );
  if (about.length === 0) return true;
  return about.some(({ metadata, spec }) =>
    (spec?.ingress ?? []).some(
      rule =>
        rule.from === undefined ||
        rule.from.some(peer => sources.some(source => fits(peer, metadata?.namespace, source, graph))),
    ),
  );
}

const labelsOf = (name: string) => ({ "app.kubernetes.io/name": name });
const pod = (name: string): ExampleResource => ({
  type: "kubernetes:core/v1:Pod",
  name,
  props: { metadata: { name, namespace: "shop", labels: labelsOf(name) }, spec: {} },
});
const policy = (name: string, spec: object): ExampleResource => ({
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  name,
  props: { metadata: { name, namespace: "shop" }, spec: { podSelector: { matchLabels: labelsOf(name) }, ...spec } },
});
const named = (name: unknown) => ({ podSelector: { matchLabels: { "app.kubernetes.io/name": name } } });
const out = (to: object) => policy("web", { policyTypes: ["Egress"], egress: [{ to: [to] }] });
const into = (from: object) => policy("db", { policyTypes: ["Ingress"], ingress: [{ from: [from] }] });
const both = [pod("web"), pod("db")];

export const bothEndsAgree = defineRule<Policy>({
  id: "GL-NET-11",
  slug: "both-ends-agree",
  title: "Whom a pod may call lets it in.",
  why: "A connection needs both policies; with one of them every call ends in a timeout that looks like a slow service.",
  fix: "Add the caller to the policy of the called (`callers`, `clients`), or remove it from the caller's.",
  severity: "high",
  requirements: ["S-125"],
  items: ["A.2.1"],
  mappings: ["NIST:AC-4", "NIST:CM-2"],
  scope: "stack",
  inspects: "network policy",
  subjects: policies,
  check: (value, { graph }) => {
    const pods = podLabels(graph);
    const sources = podsPicked(graph, value.metadata?.namespace, value.spec?.podSelector);
    const rules = value.spec?.egress ?? [];
    const peers = rules.flatMap((rule, index) => (rule.to ?? []).map(peer => ({ peer, index })));
    // A peer that picks whole namespaces is about what is in them, whoever that is.
    const particular = peers.filter(
      ({ peer }) => peer.podSelector !== undefined && Object.keys(peer.podSelector).length > 0,
    );
    if (sources.length === 0 || particular.length === 0)
      return { notApplicable: "it lets nobody of this stack out to somebody in particular" };
    return particular.flatMap(({ peer, index }) => {
      const called = pods.filter(one => fits(peer, value.metadata?.namespace, one, graph));
      const open = called.length === 0 || called.some(one => admits(one, sources, graph));
      return open
        ? []
        : [
            {
              path: `spec.egress[${index}].to`,
              found: "leading to pods that do not let them in",
              needed: "a policy of theirs that does",
            },
          ];
    });
  },
  weaken: (subject, all) =>
    all.map(one => {
      const spec = one.props.spec;
      if (one === subject || one.kind !== "NetworkPolicy" || !isTreeObject(spec)) return one;
      return { ...one, props: { ...one.props, spec: { ...spec, ingress: [] } } };
    }),
  examples: () => [
    { name: "both", given: [...both, out(named("db")), into(named("web"))], want: "met" },
    { name: "nobody guards the called", given: [...both, out(named("db"))], want: "met" },
    { name: "somebody outside the stack", given: [...both, out(named("dns")), into(named("web"))], want: "met" },
    {
      name: "only the caller",
      given: [...both, out(named("db")), into(named("api"))],
      want: "not met",
      says: "leading to pods that do not let them in",
    },
    { name: "not known yet", given: [...both, out(named(notKnown.string)), into(named("web"))], want: "unverifiable" },
    { name: "the base system", given: system(), want: "not applicable" },
    { ...noneOfIt, given: both },
  ],
});
