import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { canonicalJson, sha256 } from "../../model/canonical";
import { fail } from "../../model/faults";
import type { Finding } from "../../model/finding";
import { catalogueDigest } from "../../policies/engine/judge";
import type { AnyRule } from "../../policies/engine/rule";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";

/** The file that says by which catalogue a project was judged when it was last accepted, and what was open then. */
export const baselineFile = "greenlight.lock.json";

const baselineSchema = z.strictObject({
  schema: z.literal("greenlight.baseline/1"),
  /** SHA-256 of rules and items. */
  catalogue: z.string(),
  /** SHA-256 of each rule, by its id. */
  rules: z.record(z.string(), z.string()),
  /** What was found, each as rule, resource and place. */
  findings: z.array(z.string()),
});
export type Baseline = z.infer<typeof baselineSchema>;

const digestOf = ({ examples: _, ...rule }: AnyRule): string =>
  sha256(canonicalJson({ ...rule, check: String(rule.check) }));

/** A finding keeps this while rule, resource and place stay the same. */
export const nameOf = ({ rule, resource, path: at }: Pick<Finding, "rule" | "resource" | "path">): string =>
  `${rule} ${resource}${at ? ` ${at}` : ""}`;

export const currentBaseline = (findings: readonly Finding[]): Baseline => ({
  schema: "greenlight.baseline/1",
  catalogue: catalogueDigest(rules, items),
  rules: Object.fromEntries(rules.map(rule => [rule.id, digestOf(rule)])),
  findings: [...new Set(findings.map(nameOf))].sort(),
});

export function readBaseline(dir: string): Baseline {
  const file = path.join(dir, baselineFile);
  if (!fs.existsSync(file)) throw fail(file, "not there", "it", "`greenlight init` writes it.");
  let raw: unknown;
  try {
    raw = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw fail(file, `not readable (${(error as Error).message})`, "JSON");
  }
  const parsed = baselineSchema.safeParse(raw);
  if (!parsed.success)
    throw fail(file, "not as it was written", "what `greenlight init` wrote", parsed.error.issues[0]!.message);
  return parsed.data;
}

/** What a new catalogue changes: rules that came, went or changed, and what fails because of which. */
export interface Upgrade {
  from: string;
  to: string;
  added: string[];
  removed: string[];
  changed: string[];
  newly: { finding: Finding; because: "a new rule" | "a changed rule" | "the project changed" }[];
  resolved: string[];
}

export function compare(before: Baseline, findings: readonly Finding[]): Upgrade {
  const now = currentBaseline(findings);
  const known = new Set(before.findings);
  const ids = Object.keys(now.rules);
  const added = ids.filter(id => !(id in before.rules));
  const changed = ids.filter(id => id in before.rules && before.rules[id] !== now.rules[id]);
  const present = new Set(now.findings);
  return {
    ...{ from: before.catalogue, to: now.catalogue, added, changed },
    removed: Object.keys(before.rules).filter(id => !(id in now.rules)),
    newly: findings
      .filter(one => !known.has(nameOf(one)))
      .map(finding => ({
        finding,
        because: added.includes(finding.rule)
          ? ("a new rule" as const)
          : changed.includes(finding.rule)
            ? ("a changed rule" as const)
            : ("the project changed" as const),
      })),
    resolved: before.findings.filter(one => !present.has(one)),
  };
}
