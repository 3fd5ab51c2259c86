import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { stackDir } from "../../policies/engine/evidence-file";
import { escape } from "./markdown";

/** One thing a preview would do, by the engine's own account. */
export interface Planned {
  /** `create`, `update`, `replace`, `delete`. */
  op: string;
  urn: string;
  type: string;
  inputs: Record<string, unknown>;
}

const chartType = "kubernetes:helm.sh/v4:Chart";

/** Names of settings whose values are shown to nobody, wherever they stand. */
const hidden = /passw|secret|token|credential|private|api_?key/i;

function masked(value: unknown, key = ""): unknown {
  if (typeof value === "string" && hidden.test(key)) return "[not shown]";
  if (Array.isArray(value)) return value.map(one => masked(one, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, masked(one, name)]));
}

/** What would be done; what stays as it is, and the engine's own resources, are left out. */
export const plannedSteps = (all: readonly Planned[]): Planned[] =>
  all.filter(one => one.op !== "same" && !one.type.startsWith("pulumi:"));

/** Everything a preview would do as Markdown: by kind and name, and each chart with its version and values. */
export function plannedMarkdown(stack: string, all: readonly Planned[]): string {
  const steps = plannedSteps(all);
  const charts = steps.filter(one => one.type === chartType);
  const nameOf = ({ urn, inputs }: Planned) => {
    const { name, namespace } = (inputs.metadata ?? {}) as { name?: unknown; namespace?: unknown };
    const own = typeof name === "string" ? name : urn.split("::").pop()!;
    return typeof namespace === "string" ? `${namespace}/${own}` : own;
  };
  const kinds = [...new Set(steps.map(one => one.type))].sort();
  const text = (value: unknown) => escape(typeof value === "string" ? value : "not known");
  return [
    `# What a preview of ${escape(stack)} would do`,
    "",
    `${steps.length} resources of ${kinds.length} kinds, ${charts.length} charts. Charts are not rendered here: what is in them is not in this list.`,
    "",
    "| Kind | What would be done | Names |",
    "|---|---|---|",
    ...kinds.map(kind => {
      const of = steps.filter(one => one.type === kind);
      const ops = [...new Set(of.map(one => one.op))].map(op => `${op} ${of.filter(one => one.op === op).length}`);
      return `| ${escape(kind)} | ${ops.join(", ")} | ${of.map(nameOf).sort().map(escape).join(", ")} |`;
    }),
    "",
    ...charts.flatMap(({ inputs }) => [
      `## Chart ${text(inputs.name)}`,
      "",
      `${text(inputs.chart)}, version ${text(inputs.version)}, into the namespace ${text(inputs.namespace)}; its objects are not rendered here.`,
      "",
      ...stringify(masked(inputs.values ?? {}))
        .trimEnd()
        .split("\n")
        .map(line => `    ${line}`),
      "",
    ]),
  ].join("\n");
}

/** Writes `planned.md` into a stack's report folder. */
export function writePlanned(dir: string, stack: string, all: readonly Planned[]): void {
  const folder = stackDir(dir, stack);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "planned.md"), plannedMarkdown(stack, all));
}
