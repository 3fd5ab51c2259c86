import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { root } from "../../local/state";
import { fail, UserError } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Waiver, WaiverCategory } from "../../model/waiver";
import { longestDays } from "../../model/waiver";
import { waiverFaults } from "../../policies/rules/gate/waivers-in-order";
import { rules } from "../../policies/rules/catalogue";
import { stackNames } from "../../stacks/files";
import { readWaivers, waiverFile } from "../../stacks/waivers";
import { printJson } from "../output";
import { readProject } from "../project";
import { today } from "../today";

export interface WaiveOptions {
  stack: string;
  rule: string;
  resource: string;
  reason: string;
  owner: string;
  approver: string;
  path?: string;
  category: string;
  days?: number;
  json?: boolean;
}

/**
 * `greenlight waive`: adds a waiver to stacks/<stack>/waivers.yaml, to be reviewed like any other change. What could not be in
 * force is refused, and the file stays as it was.
 */
export function waive(options: WaiveOptions): number {
  const { stackDir } = readProject(root);
  if (!stackNames(stackDir).includes(options.stack))
    throw fail(
      `--stack ${options.stack}`,
      "no stack",
      `one of ${stackNames(stackDir).join(", ")}`,
      undefined,
      exitCodes.usage,
    );
  const rule = rules.find(one => one.id === options.rule.toUpperCase());
  if (!rule)
    throw fail(`--rule ${options.rule}`, "no rule", "one that `greenlight rules` lists", undefined, exitCodes.usage);
  const created = today();
  const { resource, reason, owner, approver } = options;
  const waiver: Waiver = {
    rule: rule.id,
    resource,
    ...(options.path ? { path: options.path } : {}),
    category: options.category as WaiverCategory,
    reason,
    owner,
    approver,
    created,
    expires: dayAfter(created, options.days ?? longestDays[rule.severity]),
  };
  // The tier is the stack's business; what holds in none is refused here.
  const faults = waiverFaults({ ...waiver, today: created, severity: rule.severity, used: true }, "staging");
  if (faults.length > 0)
    throw new UserError(
      faults.map(({ path: key, value, found, needed }) => ({
        where: `--${key}`,
        found: found ?? String(value),
        needed,
      })),
      exitCodes.usage,
    );
  const file = waiverFile(stackDir, options.stack);
  const text = stringify({ waivers: [...readWaivers(file), waiver] }, { lineWidth: 120 });
  const draft = `${file}.${process.pid}.new`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(draft, text);
  try {
    // Read as it will be read: category, dates and lengths are the schema's.
    readWaivers(draft);
    fs.renameSync(draft, file);
  } finally {
    fs.rmSync(draft, { force: true });
  }
  const shown = path.relative(process.cwd(), file);
  if (options.json) printJson({ file: shown, waiver });
  else
    console.log(
      `wrote ${shown}: ${waiver.rule} for ${resource} until ${waiver.expires}\nnext: have it reviewed; \`greenlight check --stack ${options.stack}\` shows it as waived`,
    );
  return exitCodes.GO;
}

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
