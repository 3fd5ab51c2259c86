import type { RuleResult } from "../../model/finding";
import type { Tier } from "../../model/tier";
import { items } from "../items/catalogue";
import { rules } from "../rules/catalogue";
import type { Graph } from "./graph";
import type { Held } from "./held";
import { concerns } from "./demand";
import { toGraph } from "./graph";
import { catalogueDigest, judge } from "./judge";
import { pods } from "./kubernetes";
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
  // Which demands concern a resource depends on its kind and on whether it makes pods: known kinds are not gone through again.
  const byKind = new Map<string, readonly AnyRule[]>();
  const concerned = (all: readonly Resource[]): readonly AnyRule[] => {
    const [first] = all;
    if (!first || all.length > 1) return resourceRules;
    // Kinds are what manifests say: no text of theirs may look like that of another.
    const key = JSON.stringify([first.type, first.group, first.kind, pods(first).length]);
    const known = byKind.get(key) ?? resourceRules.filter(({ demand }) => !demand || concerns(demand, first));
    byKind.set(key, known);
    return known;
  };
  const judgeAll = (asked: readonly AnyRule[], all: Resource[], graph: Graph): RuleResult[] => {
    const results: RuleResult[] = [];
    for (const rule of asked)
      for (const resource of all) {
        const result = judge(rule, resource, subject.tier, graph);
        if (result) results.push(result);
      }
    return results;
  };
  // Objects of manifests come as the same values twice; the engine sends inputs first, outputs at the end.
  const seen = new WeakMap<object, { urn: string; type: string; made: Resource[] }>();
  return {
    subject,
    catalogue: catalogueDigest(rules, items),
    onResource: (urn, type, props) => {
      const made = toResources(urn, type, props);
      if (typeof props === "object" && props !== null) seen.set(props, { urn, type, made });
      return judgeAll(concerned(made), made, none);
    },
    onStack: resources => {
      const all = resources.flatMap(({ urn, type, props, protect, parent }) => {
        const known = protect === undefined && !parent ? seen.get(props as object) : undefined;
        // An alias makes one value of two objects.
        const isSame = known !== undefined && known.urn === urn && known.type === type;
        return isSame ? known.made : toResources(urn, type, props, { protect, parent });
      });
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
