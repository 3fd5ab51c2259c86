import type { Outcome } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import type { Graph } from "./graph";
import { toGraph } from "./graph";
import { judge } from "./judge";
import type { Resource } from "./resource";
import type { AnyRule } from "./rule";
import type { Survivor } from "./sabotage";
import { reasonOf } from "./survivor-reasons";

/** A weakening that a rule did not notice, as all of its kind are alike: places in lists are one place. */
export interface Pattern {
  kind: string;
  path: string;
  how: Survivor["how"];
  /** Rules that looked there and said nothing. */
  rules: string[];
  count: number;
  /** Why that is no hole. */
  reason?: string;
}

const stops: ReadonlySet<Outcome | undefined> = new Set<Outcome | undefined>(["not met", "unverifiable", "stale"]);

/** What is weakened, without the name of the one that was. */
export function patternOf({ urn, path, how }: Survivor): Omit<Pattern, "rules" | "count"> {
  const parts = urn.split("::");
  const kind = parts.length > 1 ? parts.at(-2)!.split("$").at(-1)! : urn;
  return { kind: kind.replace(/^kubernetes:|^parts of /g, ""), path: path.replace(/\.\d+(?=\.|$)/g, ".#"), how };
}

/**
 * Survivors of all rules by pattern, each with why it is no hole: another rule that stops the same system, else a reason that
 * somebody wrote.
 */
export function explainSurvivors(
  rules: readonly AnyRule[],
  systems: readonly { all: Resource[]; survived: readonly { rule: string; survivor: Survivor }[] }[],
  tier: Tier,
): Pattern[] {
  const patterns = new Map<string, Pattern>();
  const none = toGraph([]);
  const judged = (rule: AnyRule, one: Resource, graph: Graph) =>
    stops.has(judge(rule, one, tier, rule.scope === "stack" ? graph : none)?.state);
  for (const { all, survived } of systems) {
    const graph = toGraph(all);
    // What stops the sound system already says nothing of the weakened one.
    const before = new Set(
      rules.flatMap(rule => all.filter(one => judged(rule, one, graph)).map(one => `${rule.id} ${one.urn}`)),
    );
    for (const { rule, survivor } of survived) {
      const pattern = patternOf(survivor);
      const key = `${pattern.kind} ${pattern.path} ${pattern.how}`;
      const known = patterns.get(key);
      if (known) {
        known.count++;
        if (!known.rules.includes(rule)) known.rules.push(rule);
        continue;
      }
      const { resource, others } = survivor.system();
      const weakened = others.find(one => one.urn === survivor.urn && !all.includes(one)) ?? resource;
      const stopped = (scope: "resource" | "stack"): string | undefined => {
        const at = scope === "stack" ? toGraph(others) : none;
        const looked = scope === "stack" ? others : weakened ? [weakened] : [];
        return rules.find(
          one =>
            one.scope === scope && looked.some(each => judged(one, each, at) && !before.has(`${one.id} ${each.urn}`)),
        )?.id;
      };
      const other = stopped("resource") ?? stopped("stack");
      const reason = other ? `${other} stops it` : reasonOf(pattern);
      patterns.set(key, { ...pattern, rules: [rule], count: 1, ...(reason ? { reason } : {}) });
    }
  }
  return [...patterns.values()];
}
