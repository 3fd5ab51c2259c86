import type { Outcome } from "../model/outcome";
import { verdictOf } from "../model/outcome";
import type { Verdict } from "../model/verdict";

/** Something that keeps a verdict from GO: one cause, however many items it holds up (S-020). */
export interface Blocker {
  /** `B-01` …, in the order they are to be looked at. */
  id: string;
  /** What it comes of: a rule's id, a kind of evidence, or an item's id and the statement that it lacks. */
  cause: string;
  title: string;
  /** P1: something is not met. P2: something cannot be told yet, or is waived. */
  priority: "P1" | "P2";
  state: Outcome;
  /** Items it holds up, and what those are about. */
  items: string[];
  impact: string;
  /** Who repairs it; undefined where nobody is named, which is a finding of its own. */
  owner?: string;
  /** Hours a repair takes, at least and at most. */
  hours: [least: number, most: number];
  /** Ids of blockers that have to go first. */
  dependsOn: string[];
  /** Where it shows: a file of evidence, or the rule and the resource. */
  proof: string;
  /** What to do. */
  fix: string;
}

/** Who answers for what: the stack's register. */
export interface Owned {
  kind: string;
  owner: string;
  estimateHours?: [number, number] | undefined;
  dependsOn?: readonly string[] | undefined;
}

/** Where nobody estimated: half a day at most, and said to be a guess by its width. */
const unestimated: [number, number] = [1, 4];

/**
 * Everything that blocks a verdict, what is not met first, then by what holds up most.
 * @param rulesOwner who answers for rules, as the register says
 */
export function blockersOf(verdict: Verdict, register: readonly Owned[], rulesOwner?: string): Blocker[] {
  const causes = [...ruleCauses(verdict, rulesOwner), ...needCauses(verdict, register)];
  const rank = (one: Cause) => [one.priority, String(999 - one.items.length).padStart(3, "0"), one.cause].join(" ");
  causes.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const ids = new Map(causes.map((one, index) => [one.cause, `B-${String(index + 1).padStart(2, "0")}`]));
  return causes.map(({ after, ...one }) => ({
    id: ids.get(one.cause)!,
    ...one,
    dependsOn: after.flatMap(other => ids.get(other) ?? []),
  }));
}

type Cause = Omit<Blocker, "id" | "dependsOn"> & { after: string[] };

const priorityOf = (state: Outcome): Blocker["priority"] => (state === "not met" ? "P1" : "P2");

function ruleCauses(verdict: Verdict, owner: string | undefined): Cause[] {
  return verdict.rules
    .filter(rule => verdictOf(rule.state) !== "GO")
    .map(rule => {
      const findings = verdict.findings.filter(one => one.rule === rule.id && verdictOf(one.state) !== "GO");
      const items = verdict.items.filter(item => item.rules.includes(rule.id));
      const [first] = findings;
      return {
        cause: rule.id,
        title: rule.title,
        priority: priorityOf(rule.state),
        state: rule.state,
        items: items.map(item => item.id),
        impact: impactOf(items),
        ...(owner === undefined ? {} : { owner }),
        hours: unestimated,
        after: [],
        proof: first
          ? `${rule.id} on ${first.resource}${findings.length > 1 ? ` and ${findings.length - 1} more` : ""}`
          : rule.id,
        fix: first?.fix ?? `\`greenlight explain ${rule.id}\``,
      };
    });
}

function needCauses(verdict: Verdict, register: readonly Owned[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const item of verdict.items)
    for (const need of item.needs ?? []) {
      if (verdictOf(need.state) === "GO") continue;
      const isWord = need.need === "attestation";
      const key = isWord ? causeOf(item.id, need.statement ?? need.reason) : need.need;
      const before = causes.get(key);
      if (before) {
        before.items.push(item.id);
        if (need.state === "not met") Object.assign(before, { state: need.state, priority: "P1" });
        continue;
      }
      const entry = isWord ? undefined : register.find(one => one.kind === need.need);
      causes.set(key, {
        cause: key,
        title: isWord ? need.reason : `${need.need}: ${need.reason}`,
        priority: priorityOf(need.state),
        state: need.state,
        items: [item.id],
        impact: "",
        ...(entry ? { owner: entry.owner } : {}),
        hours: entry?.estimateHours ?? (isWord ? [0.5, 1] : unestimated),
        after: [...(entry?.dependsOn ?? [])],
        proof: need.file ?? "nothing is there",
        fix: isWord ? "Let somebody state it, with name and date." : fixOf(need.state, need.need),
      });
    }
  for (const cause of causes.values())
    cause.impact = impactOf(verdict.items.filter(item => cause.items.includes(item.id)));
  return [...causes.values()];
}

/** How a statement that somebody owes is called as a cause. */
export const causeOf = (item: string, statement: string): string => `${item} ${statement}`;

const fixOf = (state: Outcome, kind: string): string =>
  ({
    "not met": `Mend what was found (${kind}), and gather it again.`,
    stale: `Gather it again (${kind}); what it covers may have changed.`,
    simulated: `Do it for real: what is simulated or rehearsed proves nothing of this stack.`,
  })[state as string] ?? `Gather it in this stack (${kind}), and put the file among its evidence.`;

const sections: Record<string, string> = {
  A: "reliability",
  B: "performance and capacity",
  C: "monitoring",
  D: "delivery",
  E: "operations",
  F: "actions of the review",
};

const impactOf = (items: readonly { id: string }[]): string =>
  [...new Set(items.map(item => sections[item.id[0]!] ?? ""))].filter(Boolean).join(", ") || "the gate";
