import type { Item } from "../policies/items/item";
import { isUnknownSentinel } from "../model/unknown";
import { isAdmissible } from "../policies/engine/admission";
import { peersInWords } from "../policies/rules/peers";
import type { AnyRule, ExampleResource } from "../policies/engine/rule";

/** The catalogue as pages: an index, and one page a rule. */
export function rulePages(rules: readonly AnyRule[], items: readonly Item[]): Record<string, string> {
  const pages = rules.map(rule => [`docs/rules/${rule.id}.md`, page(rule, items)] as const);
  return { "docs/catalogue.md": index(rules), ...Object.fromEntries(pages) };
}

function index(rules: readonly AnyRule[]): string {
  const rows = rules.map(rule => {
    const { id, title, severity, items, mappings, scope } = rule;
    const points = [scope, ...(isAdmissible(rule) ? ["admission"] : [])];
    return `| [${id}](rules/${id}.md) | ${title} | ${severity} | ${points.join(", ")} | ${items.join(", ")} | ${mappings.join(", ")} |`;
  });
  return [
    "# Catalogue",
    "",
    `Generated from \`policies/\` by \`npm run fix\`; do not edit. ${rules.length} rules, ${rules.filter(one => one.scope === "stack").length} of them about the stack as a whole, ${rules.filter(isAdmissible).length} held by the API server itself too. What the review asks of people and of evidence besides: [prr.md](prr.md).`,
    "",
    "| Rule | Wanted state | Severity | Judged | Items | The same elsewhere |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function page(rule: AnyRule, items: readonly Item[]): string {
  const params = Object.entries((rule.params ?? {}) as Record<string, object>);
  const decides = rule.items.map(id => `${id} ${items.find(one => one.id === id)!.title}`);
  const change = beforeAndAfter(rule);
  return [
    `# ${rule.id} ${rule.slug}`,
    "",
    "Generated from `policies/rules` by `npm run fix`; do not edit.",
    "",
    `**${rule.title}** ${rule.why}`,
    "",
    `**Fix.** ${rule.fix}`,
    "",
    ...(change ? ["```diff", ...change, "```", ""] : []),
    `Severity ${rule.severity}. Looks at every ${rule.inspects}, ${rule.scope === "stack" ? "with the whole stack in view" : "one resource at a time"}; ${isAdmissible(rule) ? "the API server's admission holds everybody to it too" : "the API server's admission cannot say it"}.`,
    "",
    ...(params.length > 0
      ? [`By tier: ${params.map(([tier, one]) => `${tier} \`${JSON.stringify(one)}\``).join(", ")}.`, ""]
      : []),
    `Helps decide: ${decides.join(" ")}`,
    "",
    `The same elsewhere: ${rule.mappings.join(", ")}. Asked by ${rule.requirements.join(", ")}.`,
    "",
    `Peers, the nearest: ${peersInWords(rule.id)}.`,
    ...(rule.groups
      ? ["", `In the groups ${rule.groups.join(", ")}: \`greenlight check --only ${rule.groups[0]}\`.`]
      : []),
    "",
    "| Example | Outcome | Message |",
    "|---|---|---|",
    ...rule.examples().map(({ name, want, says }) => `| ${cell(name)} | ${want} | ${cell(says ?? "")} |`),
    "",
  ].join("\n");
}

const cell = (text: string) => text.replaceAll("|", "\\|").replace(/[<>*_]/g, "\\$&");

/** What turns the first example that is not met into one that is: the values that differ, as a diff. */
function beforeAndAfter(rule: AnyRule): string[] | undefined {
  const sound = rule.examples().find(one => one.want === "met");
  for (const bad of rule.examples().filter(one => one.want === "not met")) {
    if (!sound || bad.given.length !== sound.given.length) continue;
    const lines = bad.given.flatMap((one, place) => differences(one, sound.given[place]!));
    if (lines.length > 0 && lines.length <= 12) return lines;
  }
  return undefined;
}

function differences(before: ExampleResource, after: ExampleResource): string[] {
  // Other resources altogether are no change that anybody could follow.
  if (before.type !== after.type || before.name !== after.name) return Array<string>(13).fill("");
  const [old, wanted] = [leaves(before.props), leaves(after.props)];
  const keys = [...new Set([...old.keys(), ...wanted.keys()])].filter(key => old.get(key) !== wanted.get(key));
  if (keys.length === 0) return [];
  const kind = before.type.split(":").pop();
  return [
    `  # ${kind} ${before.name}`,
    ...keys.flatMap(key => [
      ...(old.has(key) ? [`- ${key}: ${old.get(key)}`] : []),
      ...(wanted.has(key) ? [`+ ${key}: ${wanted.get(key)}`] : []),
    ]),
  ];
}

/** Every value of a tree by its path. */
function leaves(tree: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  if (isUnknownSentinel(tree)) return found.set(path, "(not known yet)");
  if (typeof tree === "object" && tree !== null && Object.keys(tree).length > 0)
    for (const [key, value] of Object.entries(tree))
      leaves(value, Array.isArray(tree) ? `${path}[${key}]` : path ? `${path}.${key}` : key, found);
  else if (tree !== undefined) found.set(path, JSON.stringify(tree));
  return found;
}
