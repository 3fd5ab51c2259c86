import type { RuleResult } from "../../model/finding";
import type { Tier } from "../../model/tier";
import { items } from "../items/catalogue";
import { rules } from "../rules/catalogue";
import type { Graph } from "./graph";
import type { Held } from "./held";
import { toGraph } from "./graph";
import { catalogueDigest, judge } from "./judge";
import type { Resource } from "./resource";
import type { AnyRule } from "./rule";
import { toResources } from "./resource";

/** What a run is about; the first line of its evidence. */
export interface RunSubject {
  project: string;
  stack: string;
  tier: Tier;
  phase: "preview" | "update";
}

/** One line of a run's evidence. */
export type EvidenceLine =
  | ({ line: "open"; at: string; catalogue: string; pack: string } & RunSubject)
  | ({ line: "result" } & RuleResult)
  | { line: "seal"; fingerprint: string; nonces: string[] }
  | { line: "close"; at: string; resources: number; types: Record<string, number>; held: Held; digest: string };

/**
 * The judging of one run, shared by the pack and by `greenlight check`: resource rules as resources come, stack rules
 * at the end. The session only judges; who called it reports and writes.
 */
export interface Session {
  subject: RunSubject;
  catalogue: string;
  /** Judges a resource's checked inputs. */
  onResource(urn: string, type: string, props: unknown): RuleResult[];
  /** Judges the whole graph by its planned outputs. */
  onStack(
    resources: {
      urn: string;
      type: string;
      props: unknown;
      protect?: boolean | undefined;
      parent?: string | undefined;
    }[],
  ): RuleResult[];
}

/** @param asking rules that judge; all, unless somebody asks for some of them only */
export function openSession(subject: RunSubject, asking: readonly AnyRule[] = rules): Session {
  const scoped = (scope: "resource" | "stack") => asking.filter(rule => rule.scope === scope);
  const [resourceRules, stackRules, none] = [scoped("resource"), scoped("stack"), toGraph([])];
  const judgeAll = (asked: readonly AnyRule[], all: Resource[], graph: Graph): RuleResult[] => {
    const results: RuleResult[] = [];
    for (const rule of asked)
      for (const resource of all) {
        const result = judge(rule, resource, subject.tier, graph);
        if (result) results.push(result);
      }
    return results;
  };
  return {
    subject,
    catalogue: catalogueDigest(rules, items),
    onResource: (urn, type, props) => judgeAll(resourceRules, toResources(urn, type, props), none),
    onStack: resources => {
      const all = resources.flatMap(({ urn, type, props, protect, parent }) =>
        toResources(urn, type, props, { protect, parent }),
      );
      return judgeAll(stackRules, all, toGraph(all));
    },
  };
}

/** How many resources of each type a run saw. */
export function countTypes(all: readonly { type: string }[]): Record<string, number> {
  const types: Record<string, number> = {};
  for (const { type } of all) types[type] = (types[type] ?? 0) + 1;
  return types;
}

/** True for what must stop the run. */
export const isBlocking = (result: RuleResult): boolean =>
  result.state === "not met" || result.state === "unverifiable";
