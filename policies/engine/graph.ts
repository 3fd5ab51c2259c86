import type { Resource } from "./resource";

/** All resources of a run with an index, built once for all stack rules. */
export interface Graph {
  all: Resource[];
  /** Resources of a Kubernetes group and kind. */
  ofKind: (group: string, kind: string) => Resource[];
}

export function toGraph(all: Resource[]): Graph {
  const byKind = new Map<string, Resource[]>();
  for (const resource of all) {
    const key = `${resource.group}/${resource.kind}`;
    const own = byKind.get(key);
    if (own) own.push(resource);
    else byKind.set(key, [resource]);
  }
  return { all, ofKind: (group, kind) => byKind.get(`${group}/${kind}`) ?? [] };
}
