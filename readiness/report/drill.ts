/** A drill's report as far as it is shown; `drills/run.ts` makes it. */
export interface Shown {
  drill: string;
  title: string;
  requirements: string[];
  result: string;
  reasons: string[];
  stack: string;
  nonce: string;
  started: string;
  ended: string;
  host: { system: string; release: string; cpus: number; memoryMiB: number };
  engines: Record<string, string>;
  config: string;
  steps: { name: string; atMs: number; tookMs: number }[];
  moments: { name: string; atMs: number }[];
  proofs: { claim: string; holds: boolean; seen: string }[];
  checks: { claim: string; holds: boolean; seen: string }[];
  measured: { name: string; value: number | boolean; unit?: string; samples: number }[];
  sabotage?: string;
}

/** `…playbook.json` (S-048): the same as steps that a person or a program can follow, with how long each took. */
export function drillPlaybook(report: Shown): object {
  return {
    schema: "greenlight.playbook/1",
    ...{ id: report.drill, title: report.title, requirements: report.requirements, stack: report.stack },
    rehearsed: { at: report.ended, result: report.result, config: report.config },
    steps: report.steps.map(({ name, tookMs }, index) => ({ step: index + 1, name, seconds: tookMs / 1_000 })),
    verify: report.checks.map(({ claim, seen }) => ({ claim, seen })),
    measured: report.measured,
  };
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/**
 * A drill's report as Markdown: what was done when, what shows that it was a drill, what came of it.
 * @param chart name of the picture beside it
 */
export function drillMarkdown(report: Shown, chart?: string): string {
  const { host } = report;
  const observed = (all: Shown["proofs"]) =>
    all.map(one => `| ${one.holds ? "yes" : "**no**"} | ${cell(one.claim)} | ${cell(one.seen)} |`);
  return [
    `# ${report.result.toUpperCase()}: ${report.title}`,
    "",
    `Drill \`${report.drill}\` of stack ${report.stack}, ${report.started} to ${report.ended}, nonce \`${report.nonce}\`. **Rehearsed on processes of one machine** (${host.system} ${host.release}, ${host.cpus} CPUs, ${host.memoryMiB} MiB): it shows that configuration and procedure work, and decides nothing above tier \`local\`. Requirements: ${report.requirements.join(", ")}.`,
    "",
    ...(report.sabotage === undefined ? [] : [`**Spoiled on purpose**: ${report.sabotage}.`, ""]),
    ...(report.reasons.length > 0 ? [...report.reasons.map(reason => `- ${reason}`), ""] : []),
    `Engines: ${Object.entries(report.engines)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}. Configuration: \`${report.config.slice(0, 12)}…\`.`,
    "",
    ...(chart === undefined ? [] : [`![What happened when](${chart})`, ""]),
    "| Measured | Value | Samples |",
    "|---|---|---|",
    ...report.measured.map(one => `| ${one.name} | ${one.value}${one.unit ? ` ${one.unit}` : ""} | ${one.samples} |`),
    "",
    "| At | Step | Took |",
    "|---|---|---|",
    ...[
      ...report.steps.map(step => ({ atMs: step.atMs, row: `${cell(step.name)} | ${seconds(step.tookMs)}` })),
      ...report.moments.map(one => ({ atMs: one.atMs, row: `**${cell(one.name)}** | ` })),
    ]
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ atMs, row }) => `| ${seconds(atMs)} | ${row} |`),
    "",
    "| Holds | What shows that it was a drill | Seen |",
    "|---|---|---|",
    ...observed(report.proofs),
    "",
    "| Holds | What it is about | Seen |",
    "|---|---|---|",
    ...observed(report.checks),
    "",
  ].join("\n");
}
