import type { Graph } from "./graph";
import type { Metadata } from "./kubernetes";
import { readAll } from "./kubernetes";
import { once } from "./lookup";

/** Objectives as they stand in a graph: rules of Prometheus that carry the label `slo`. */

export interface PromRule {
  alert?: string;
  record?: string;
  expr?: string | number;
  labels?: Record<string, string>;
}

export interface RuleFile {
  metadata?: Metadata;
  spec?: { groups?: { name?: string; rules?: PromRule[] }[] };
}

export interface Promised {
  /** The objective's name and whom it is about. */
  name: string;
  service: string | undefined;
  rules: PromRule[];
}

/** The objectives of one PrometheusRule. */
export function promisesIn({ spec }: RuleFile): Promised[] {
  const rules = (spec?.groups ?? []).flatMap(group => group.rules ?? []);
  const byName = new Map<string, PromRule[]>();
  for (const rule of rules) {
    const name = rule.labels?.slo;
    if (typeof name !== "string") continue;
    const own = byName.get(name);
    if (own) own.push(rule);
    else byName.set(name, [rule]);
  }
  return [...byName].map(([name, own]) => {
    const service = own.map(rule => rule.labels?.service).find(Boolean);
    return { name, service, rules: own };
  });
}

/** All objectives of a graph. */
export const promises = (graph: Graph): Promised[] =>
  once(graph, "promises", () =>
    graph.ofKind("monitoring.coreos.com", "PrometheusRule").flatMap(one => promisesIn(readAll<RuleFile>(one))),
  );
