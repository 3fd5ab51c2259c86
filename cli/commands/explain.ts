import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { AnyRule } from "../../policies/engine/rule";
import { isAdmissible } from "../../policies/engine/admission";
import type { Item } from "../../policies/items/item";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { peersInWords } from "../../policies/rules/peers";
import { printJson } from "../output";

/** `greenlight explain <id>`: what a rule or an item of the review asks, why, and what decides it. */
export function explain(id: string, options: { json?: boolean }): number {
  const wanted = id.toUpperCase();
  const rule = rules.find(one => one.id === wanted || one.slug === id);
  const item = items.find(one => one.id === wanted);
  if (!rule && !item)
    throw fail(
      id,
      "no rule and no item",
      "a rule such as GL-POD-01 or run-as-non-root, or an item such as A.3.3",
      "`greenlight rules` lists them.",
      exitCodes.usage,
    );
  if (options.json) printJson(rule ? ruleAsData(rule) : { ...item!, rules: decidersOf(item!) });
  else console.log(rule ? ruleText(rule) : itemText(item!));
  return exitCodes.GO;
}

/** A rule without its functions. */
export const ruleAsData = ({ check: _c, subjects: _s, weaken: _w, examples, ...rule }: AnyRule) => ({
  ...rule,
  examples: examples().map(({ name, want, says }) => ({ name, want, says })),
});

const decidersOf = ({ id }: Item): string[] => rules.filter(rule => rule.items.includes(id)).map(rule => rule.id);

function ruleText(rule: AnyRule): string {
  const points = rule.scope === "stack" ? "CrossGuard on the whole stack, check" : "CrossGuard on each resource, check";
  const params = Object.entries((rule.params ?? {}) as Record<string, object>);
  return [
    `${rule.id} ${rule.slug}  ${rule.severity}`,
    "",
    rule.title,
    rule.why,
    "",
    `fix:          ${rule.fix}`,
    `looks at:     every ${rule.inspects}`,
    `enforced by:  ${points}${isAdmissible(rule) ? ", the API server's admission" : ""}`,
    ...(params.length > 0
      ? [`by tier:      ${params.map(([tier, one]) => `${tier} ${JSON.stringify(one)}`).join(", ")}`]
      : []),
    `helps decide: ${rule.items.map(id => `${id} ${items.find(one => one.id === id)!.title}`).join("\n              ")}`,
    `the same in:  ${rule.mappings.join(", ")}`,
    `peers:        ${peersInWords(rule.id)}`,
    `asked by:     ${rule.requirements.join(", ")}`,
    ...(rule.groups ? [`groups:       ${rule.groups.join(", ")}`] : []),
    "",
    ...rule.examples().map(({ name, want, says }) => `${want.padEnd(14)} ${name}${says ? `  “${says}”` : ""}`),
    "",
    `next: \`greenlight check --only ${rule.id} <files>\` judges by it alone`,
  ].join("\n");
}

function itemText(item: Item): string {
  const list = (name: string, parts: string[]) =>
    parts.length > 0 ? [`${name.padEnd(13)} ${parts.join("\n              ")}`] : [];
  return [
    `${item.id}  ${item.title}`,
    "",
    ...list(
      "numbers:",
      Object.entries(item.thresholds ?? {}).map(([tier, text]) => `${tier}: ${text}`),
    ),
    ...list(
      "rules:",
      decidersOf(item).map(id => `${id} ${rules.find(one => one.id === id)!.title}`),
    ),
    ...list(
      "evidence:",
      item.evidence.map(({ kind, freshDays }) => `${kind}, at most ${freshDays} days old`),
    ),
    ...list("signed:", item.attestations),
    ...list("counts for:", item.dimensions),
    `asked by:     ${item.requirements.join(", ")}`,
    "",
    "next: docs/prr.md shows the whole review",
  ].join("\n");
}
