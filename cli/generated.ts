import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { toPicture } from "../readiness/report/picture";
import { checkProgram } from "./in-process/check";
import { readProject } from "./project";
import { sha256 } from "../model/canonical";
import { evidenceSchema } from "../model/evidence";
import { verdictSchema } from "../model/verdict";
import { items } from "../policies/items/catalogue";
import { rules } from "../policies/rules/catalogue";

/** Every file that is derived from others, by path from the root, with its text. */
export async function generated(root: string): Promise<Record<string, string>> {
  const hash = (file: string) => sha256(fs.readFileSync(path.join(root, file)));
  const lock = { bundle: hash("policies/bin/index.js"), config: hash("policies/config.json") };
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const unready = await checkProgram(readProject(path.join(root, "examples", "unready")), "dev", {});
  return {
    "docs/images/unready.svg": toPicture(unready, "npx greenlight check examples/unready"),
    "policies/pack.lock": json(lock),
    "docs/catalogue.md": catalogue(),
    "docs/schemas/verdict.schema.json": json(z.toJSONSchema(verdictSchema)),
    "docs/schemas/evidence.schema.json": json(z.toJSONSchema(evidenceSchema)),
  };
}

function catalogue(): string {
  const rows = rules.map(({ id, slug, title, severity, items: decides, mappings }) => {
    return `| [${id}](#${id.toLowerCase()}-${slug}) | ${title} | ${severity} | ${decides.join(", ")} | ${mappings.join(", ")} |`;
  });
  const pages = rules.flatMap(rule => [
    `## ${rule.id} ${rule.slug}`,
    "",
    `**${rule.title}** ${rule.why}`,
    "",
    `*Fix:* ${rule.fix}`,
    "",
    `Severity ${rule.severity}; looks at every ${rule.inspects}, ${rule.scope === "stack" ? "with the whole stack in view" : "one resource at a time"}; requirements ${rule.requirements.join(", ")}.`,
    ...(rule.params
      ? [
          "",
          `By tier: ${Object.entries(rule.params as Record<string, object>)
            .map(([tier, params]) => `${tier} ${JSON.stringify(params)}`)
            .join(", ")}.`,
        ]
      : []),
    "",
    ...rule.examples.map(({ name, want, says }) => `- ${name}: **${want}**${says ? ` (“${says}”)` : ""}`),
    "",
  ]);
  const itemRows = items.map(({ id, title, requirements, undecided }) => {
    const deciding = rules.filter(rule => rule.items.includes(id)).map(rule => rule.id);
    return `| ${id} | ${title} | ${requirements.join(", ")} | ${deciding.join(", ") || "nothing yet"} | ${undecided ?? ""} |`;
  });
  return [
    "# Catalogue",
    "",
    "Generated from `policies/` by `npm run fix`; do not edit.",
    "",
    "| Rule | Wanted state | Severity | Items | The same elsewhere |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    "What no rule, evidence or attestation decides yet keeps an item unverifiable above tier `local`.",
    "",
    "| Item | Wanted state | Requirements | Rules | Not decided yet |",
    "|---|---|---|---|---|",
    ...itemRows,
    "",
    ...pages,
  ].join("\n");
}
