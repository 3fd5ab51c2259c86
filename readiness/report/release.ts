import type { Point, ReleaseRecord } from "../../model/release-record";

const cell = (value: unknown): string =>
  String(value ?? "–")
    .replace(/\|/g, "\\|")
    .replace(/\n/g, " ")
    .replace(/[<>&]/g, c => `&#${c.charCodeAt(0)};`);
const table = (head: string[], rows: unknown[][]): string[] => [
  `| ${head.join(" | ")} |`,
  `|${head.map(() => "---").join("|")}|`,
  ...rows.map(row => `| ${row.map(cell).join(" | ")} |`),
  "",
];
const percent = (share: number | null): string => (share === null ? "–" : `${Number((share * 100).toFixed(2))} %`);
const seconds = (value: number | null): string => (value === null ? "–" : `${Number(value.toFixed(2))} s`);
const tick = ({ state }: Point): string => (state === "met" ? "[x]" : "[ ]");

/** The record of a release in Markdown, in the order of document 3 (S-045 to S-112). */
export function releaseMarkdown(record: ReleaseRecord): string {
  const { identity, gates, rollout, rollback, checklists, metrics, readiness } = record;
  return [
    `# ${record.service} ${identity.version}: ${record.outcome}`,
    "",
    `${record.conclusion} Verdict ${record.verdict}, attempt ${record.attempt}, ${record.started} to ${record.ended}.`,
    "",
    "## What was released",
    "",
    ...table(
      ["what", "value"],
      [
        ["version", `${identity.version} (before it: ${identity.previous ?? "none"})`],
        ["commit", `${identity.commit.sha}: ${identity.commit.subject}`],
        ["date", identity.commit.date],
        [
          "tag",
          `${identity.tag.name}, ${identity.tag.annotated ? "annotated" : "not annotated"}, ${identity.tag.pushed === null ? "no remote answers" : identity.tag.pushed ? "pushed" : "not pushed"}`,
        ],
        ...identity.phases.map(one => [one.id, one.title]),
      ],
    ),
    "## Files",
    "",
    ...table(
      ["path", "what", "state", "SHA-256"],
      record.deliverables.map(one => [one.path, one.description, one.state, one.sha256?.slice(0, 16)]),
    ),
    "## Gates",
    "",
    ...(gates.scan
      ? [
          `### Scan: ${gates.scan.verdict}`,
          "",
          `${gates.scan.filesScanned} files (${gates.scan.kinds.join(" ")}), without ${gates.scan.excluded.join(", ")}, by \`${gates.scan.command}\`: ${gates.scan.realRisks} real risks, ${gates.scan.compliance}.`,
          "",
          ...table(
            ["scan", "what", "found"],
            gates.scan.scans.map(one => [one.id, one.title, one.found]),
          ),
          `Uses of secrets' names: ${gates.scan.environment.hits} (${Object.entries(gates.scan.environment.byClass)
            .map(([name, count]) => `${count} ${name}`)
            .join(", ")}), such as ${gates.scan.environment.samples.join(", ") || "none"}.`,
          "",
        ]
      : ["The scan was not run.", ""]),
    ...(gates.builds
      ? [
          `### Builds: ${gates.builds.summary.status}`,
          "",
          `${gates.builds.summary.ok} of ${gates.builds.summary.total} (${percent(gates.builds.summary.passRate)}) in ${seconds(gates.builds.summary.seconds)}, ${gates.builds.timestamp}.`,
          "",
          ...table(
            ["build", "command", "state", "time", "artefacts"],
            gates.builds.builds.map(one => [
              one.name,
              one.command,
              one.success ? "passed" : `failed: ${one.problem}`,
              seconds(one.seconds),
              one.artefacts.map(each => `${each.path} ${each.sha256.slice(0, 12)}`).join(", "),
            ]),
          ),
        ]
      : ["Builds were not run.", ""]),
    ...(gates.api
      ? [
          `### API: ${gates.api.test_summary.status}`,
          "",
          `${gates.api.test_summary.passed} of ${gates.api.test_summary.total} tests in ${seconds(gates.api.test_summary.duration)}; P95 of ${gates.api.response.count} answers ${gates.api.response.p95Ms} ms${gates.api.response.proven ? "" : " (too few to prove a P95)"}; health ${gates.api.health.status} in ${gates.api.health.ms} ms${gates.api.stream ? `; the stream was held ${gates.api.stream.heldMs} ms` : ""}.`,
          "",
          ...table(
            ["test", "state", "assertions", "slowest"],
            gates.api.test_results.map(one => [one.name, one.status, one.assertions, `${one.ms} ms`]),
          ),
          `Endpoints that have to be asked: ${gates.api.endpoints.join(", ") || "none named"}.`,
          "",
        ]
      : ["The API was not tested.", ""]),
    "## Course",
    "",
    "```mermaid",
    record.pipeline,
    "```",
    "",
    `Planned ${rollout.plannedMinutes} min, gated on ${rollout.gatedOn.join(", ")}; ${rollout.abilities.join(", ")}.`,
    "",
    ...table(
      ["stage", "users", "planned", "state", "watched", "looks", "healthy", "requests", "errors", "P95"],
      rollout.stages.map(one => [
        one.name,
        `${one.percent} %`,
        `${one.plannedMinutes} min`,
        one.state,
        seconds(one.watchedSeconds),
        one.looks,
        one.healthy,
        one.requests,
        percent(one.errorRate),
        one.p95Ms === null ? null : `${Math.round(one.p95Ms)} ms`,
      ]),
    ),
    "## Rollback",
    "",
    `Automatic: ${rollback.triggers.automatic.join("; ")}. By people: ${rollback.triggers.manual.join("; ")}.`,
    "",
    ...rollback.triggers.conflicts.map(one => `- one limit, two values: ${one}`),
    ...(rollback.triggers.conflicts.length > 0 ? [""] : []),
    rollback.trigger
      ? `**${rollback.trigger.name}** at ${rollback.trigger.at}: ${cell(rollback.trigger.text)}. Back after ${seconds(rollback.seconds)}.`
      : "It was not needed.",
    "",
    ...table(
      ["step", "state", "time", "note"],
      rollback.steps.map(one => [one.name, one.state, seconds(one.seconds), one.note]),
    ),
    `Verified by ${rollback.verification.probes} probes ${rollback.verification.everySeconds} s apart: healthy ${cell(rollback.verification.healthy)}, errors ${percent(rollback.verification.errorRate)}, P95 ${cell(rollback.verification.p95Ms)} ms. Success ${rollback.success.done} of ${rollback.success.of}.`,
    "",
    ...table(
      ["impact", "value"],
      [
        ["users that met it, at most", `${rollback.blastRadius.percentOfUsers} %`],
        ["requests that failed", rollback.blastRadius.requestsFailed],
        ["outage", seconds(rollback.blastRadius.outageSeconds)],
        ["rows lost", rollback.blastRadius.dataLoss],
        ["degradation", rollback.blastRadius.degradation],
      ],
    ),
    `Process: ${rollback.system.process}. Contacts: ${rollback.system.contacts.join(", ")}. Verification: \`${rollback.system.verification}\`. Guide: ${cell(rollback.guide)}. Playbook: ${cell(rollback.playbook)}. Post-mortem: ${rollback.system.postMortem}.`,
    "",
    "## Monitoring",
    "",
    `Health: \`${record.monitoring.health}\`. Numbers: \`${record.monitoring.metrics}\`. Alerts: ${record.monitoring.alerts}. On call: ${record.monitoring.onCall}.`,
    "",
    "## Readiness",
    "",
    ...table(
      ["area", "what", "state", "found"],
      Object.entries(readiness).flatMap(([area, rows]) => rows.map(one => [area, one.title, one.state, one.found])),
    ),
    "## Checklists",
    "",
    ...Object.entries(checklists).flatMap(([when, list]) => [
      `### ${when} (${list.met}/${list.of})`,
      "",
      ...list.points.map(
        one => `- ${tick(one)} ${one.title}${one.state === "not met" ? " (**no**)" : ""}: ${cell(one.from)}`,
      ),
      "",
    ]),
    "## Figures",
    "",
    ...table(
      ["figure", "scan", "builds", "tests", "rollback"],
      [["passed", ...(["scan", "builds", "tests", "rollback"] as const).map(one => percent(metrics.passRates[one]))]],
    ),
    ...table(
      ["time", "builds", "tests", "rollback", "release"],
      [["took", ...(["builds", "tests", "rollback", "release"] as const).map(one => seconds(metrics.seconds[one]))]],
    ),
    "## Lessons",
    "",
    ...record.lessons.success.map(one => `- went well: ${cell(one)}`),
    ...record.lessons.improvements.map(one => `- to improve: ${cell(one)}`),
    "",
    "## What was shown",
    "",
    ...record.capabilities.map(one => `- ${one.shown ? "[x]" : "[ ]"} ${one.name} (${one.by})`),
    "",
    "## Log",
    "",
    ...table(
      ["time", "level", "component", "message"],
      record.log.map(one => [one.time, one.level, one.component, one.message]),
    ),
  ].join("\n");
}

/** The rollback as a runbook for machines (S-048). */
export function rollbackPlaybook(record: ReleaseRecord, commands: Record<string, string | undefined>): object {
  const by: Record<string, string | undefined> = {
    "stop the rollout": "greenlight release abort",
    "drain the new version": commands.shift,
    "switch traffic back": commands.rollback,
    "verify the version before": commands.health,
    "clean up": commands.clean,
  };
  return {
    schema: "greenlight.playbook/1",
    service: record.service,
    from: record.identity.version,
    to: record.identity.previous,
    triggers: record.rollback.triggers,
    contacts: record.rollback.system.contacts,
    steps: record.rollback.steps.map(({ name }, index) => ({ step: index + 1, name, command: by[name] ?? null })),
  };
}
