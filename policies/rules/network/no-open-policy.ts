import { notKnown, system, without } from "../../engine/example";
import { ofKind } from "../../engine/kubernetes";
import type { Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

interface Peer {
  ipBlock?: { cidr?: string };
  namespaceSelector?: { matchLabels?: object; matchExpressions?: object[] };
  podSelector?: { matchLabels?: object; matchExpressions?: object[] };
}

interface Policy {
  spec?: {
    podSelector?: Peer["podSelector"];
    ingress?: { from?: Peer[]; ports?: object[] }[];
    egress?: { to?: Peer[]; ports?: object[] }[];
  };
}

const policies = ofKind<Policy>("networking.k8s.io", "NetworkPolicy");

const isEmpty = (selector: Peer["podSelector"]) =>
  selector !== undefined &&
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;

/** Longer prefixes name a network; shorter ones are the Internet in a few pieces. */
const shortestPrefix = 8;

/** True for a peer that is everybody: the whole Internet or a large piece of it, or every pod of every namespace. */
const isEverybody = (peer: Peer): boolean =>
  Number(/\/(\d+)$/.exec(peer.ipBlock?.cidr ?? "/32")?.[1]) < shortestPrefix ||
  (isEmpty(peer.namespaceSelector) && (peer.podSelector === undefined || isEmpty(peer.podSelector)));

/** The label Envoy Gateway gives the proxies of a Gateway, and nothing else. */
const doorLabel = "gateway.envoyproxy.io/owning-gateway-name";

/** The door itself may be open, on the ports it has: a policy about the proxies of a Gateway and no other pod. */
const isDoor = (selector: NonNullable<Policy["spec"]>["podSelector"], ports: object[] | undefined): boolean =>
  (ports ?? []).length > 0 && (selector?.matchLabels as Record<string, string> | undefined)?.[doorLabel] !== undefined;

export const noOpenPolicy = defineRule<Policy>({
  id: "GL-NET-04",
  slug: "no-open-policy",
  title: "No network policy lets everybody in, or everything out on every port.",
  why: "One open rule undoes the denial of the whole namespace for the pods it picks.",
  fix: "Name peers by namespace and pod labels; name ports where the peer is outside the cluster.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["CIS:5.3.2", "NIST:SC-7", "NIST:AC-4"],
  scope: "resource",
  inspects: "network policy",
  subjects: policies,
  check: ({ spec = {} }) => {
    const found: Violation[] = [];
    for (const [index, rule] of (spec.ingress ?? []).entries())
      if (((rule.from ?? []).length === 0 || rule.from!.some(isEverybody)) && !isDoor(spec.podSelector, rule.ports))
        found.push({ path: `spec.ingress[${index}].from`, found: "everybody", needed: "peers by label" });
    for (const [index, rule] of (spec.egress ?? []).entries())
      if (((rule.to ?? []).length === 0 || rule.to!.some(isEverybody)) && (rule.ports ?? []).length === 0)
        found.push({ path: `spec.egress[${index}].to`, found: "everything on every port", needed: "peers, or ports" });
    return found;
  },
  examples: () => [
    { name: "denies only", given: system(), want: "met" },
    {
      name: "named peers",
      given: system(["NetworkPolicy", "spec.ingress", [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }]]),
      want: "met",
    },
    {
      name: "out on one port",
      given: system([
        "NetworkPolicy",
        "spec.egress",
        [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] }],
      ]),
      want: "met",
    },
    {
      name: "everybody, unsaid",
      given: system(["NetworkPolicy", "spec.ingress", [{}]]),
      want: "not met",
      says: "spec.ingress[0].from is everybody",
    },
    {
      name: "the whole Internet",
      given: system(["NetworkPolicy", "spec.ingress", [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }]]),
      want: "not met",
    },
    {
      name: "the Internet in two halves",
      given: system([
        "NetworkPolicy",
        "spec.ingress",
        [{ from: [{ ipBlock: { cidr: "0.0.0.0/1" } }, { ipBlock: { cidr: "128.0.0.0/1" } }], ports: [{ port: 443 }] }],
      ]),
      want: "not met",
    },
    {
      name: "the gateway's own proxies, on a port",
      given: system(
        ["NetworkPolicy", "spec.podSelector", { matchLabels: { [doorLabel]: "edge" } }],
        ["NetworkPolicy", "spec.ingress", [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 10443 }] }]],
      ),
      want: "met",
    },
    {
      name: "the gateway's own proxies, on every port",
      given: system(
        ["NetworkPolicy", "spec.podSelector", { matchLabels: { [doorLabel]: "edge" } }],
        ["NetworkPolicy", "spec.ingress", [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }]],
      ),
      want: "not met",
    },
    {
      name: "every namespace",
      given: system(["NetworkPolicy", "spec.ingress", [{ from: [{ namespaceSelector: {} }] }]]),
      want: "not met",
    },
    {
      name: "out to everything",
      given: system(["NetworkPolicy", "spec.egress", [{}]]),
      want: "not met",
      says: "everything on every port",
    },
    { name: "no policy", given: without("NetworkPolicy"), want: "not applicable" },
    { name: "not known yet", given: system(["NetworkPolicy", "spec.ingress", notKnown.array]), want: "unverifiable" },
  ],
});
