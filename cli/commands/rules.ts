import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { printJson } from "../output";
import { ruleAsData } from "./explain";

/** `greenlight rules`: the catalogue. */
export function listRules(options: { json?: boolean }): number {
  if (options.json) {
    const plain = rules.map(ruleAsData);
    printJson({
      rules: plain,
      items: items.map(item => ({
        ...item,
        rules: rules.filter(rule => rule.items.includes(item.id)).map(rule => rule.id),
      })),
    });
    return 0;
  }
  console.log(`${rules.length} rules, ${items.length} items`);
  for (const rule of rules)
    console.log(`${rule.id.padEnd(11)} ${rule.severity.padEnd(8)} ${rule.title}\n${" ".repeat(21)}${rule.why}`);
  console.log("next: `greenlight explain <id>` shows one of them whole");
  return 0;
}
