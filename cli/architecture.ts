import type { Registered } from "./in-process/engine";

/**
 * The architecture as a picture, drawn from what the program registers: components as boxes in the folders they come
 * from, and who may speak to whom out of the network policies. So it cannot be out of date.
 */
export function architecture(all: Registered[]): string {
  // Sorted: the engine registers in whatever order things become known.
  const components = all
    .filter(one => /^greenlight:(?!gate:)\w+:\w+$/.test(one.type) && isTop(one, all))
    .sort((a, b) => (`${a.type} ${a.urn}` < `${b.type} ${b.urn}` ? -1 : 1));
  const id = (one: Registered) => `n${components.indexOf(one)}`;
  const folders = [...new Set(components.map(one => one.type.split(":")[1]!))];
  const nameOf = (one: Registered) => one.urn.split("::").pop()!;
  const boxes = folders.flatMap(folder => [
    `  subgraph ${folder}`,
    ...components
      .filter(one => one.type.split(":")[1] === folder)
      .map(one => `    ${id(one)}["${one.type.split(":")[2]} ${nameOf(one)}"]`),
    "  end",
  ]);
  const arrows = new Set<string>();
  for (const policy of all.filter(one => one.type.endsWith(":NetworkPolicy"))) {
    const to = components.find(one => one.urn === topOf(policy, all)?.urn);
    const { ingress = [] } = policy.inputs.spec as unknown as { ingress?: { from?: Peer[] }[] };
    for (const peer of ingress.flatMap(rule => rule.from ?? [])) {
      const caller =
        peer.podSelector?.matchLabels?.["app.kubernetes.io/name"] ??
        homes[peer.namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"] ?? ""];
      const from = components.find(one => nameOf(one) === caller && one !== to && !isOperator(one));
      if (from && to) arrows.add(`  ${id(from)} --> ${id(to)}`);
    }
  }
  return ["flowchart LR", ...boxes, ...[...arrows].sort()].join("\n");
}

/** What speaks out of a namespace as a whole. */
const homes: Record<string, string> = { gateway: "gateway", monitoring: "observability" };
const isOperator = (one: Registered): boolean => one.type.startsWith("greenlight:operators:");

interface Peer {
  namespaceSelector?: { matchLabels?: Record<string, string> };
  podSelector?: { matchLabels?: Record<string, string> };
}

/** The outermost component a resource belongs to. */
function topOf(one: Registered, all: Registered[]): Registered | undefined {
  const parent = all.find(other => other.urn === one.parent);
  return parent && parent.type !== "pulumi:pulumi:Stack" ? topOf(parent, all) : one;
}

const isTop = (one: Registered, all: Registered[]): boolean => topOf(one, all) === one;
