import type { Graph } from "./graph";
import type { Metadata } from "./kubernetes";
import { readAll } from "./kubernetes";

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
  const names = new Set(rules.flatMap(rule => rule.labels?.slo ?? []));
  return [...names].map(name => {
    const own = rules.filter(rule => rule.labels?.slo === name);
    return { name, service: own.find(rule => rule.labels?.service)?.labels?.service, rules: own };
  });
}

/** All objectives of a graph. */
export const promises = (graph: Graph): Promised[] =>
  graph.ofKind("monitoring.coreos.com", "PrometheusRule").flatMap(one => promisesIn(readAll<RuleFile>(one)));
