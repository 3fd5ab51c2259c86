import type { Log } from "sarif";
import { sha256 } from "../../model/canonical";
import type { ScanFinding, ScanResult, ScanRule, ScanRuleName, Triaged } from "../../model/scan";
import { paint, verdictColours } from "./terminal";

type Rules = Readonly<Record<ScanRuleName, ScanRule>>;

const place = ({ file, line }: ScanFinding): string => `${file}${line === undefined ? "" : `:${line}`}`;
const plural = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

/** What was looked at, in one line: a scan that looked at nothing says so. */
export function inspectedLine({ inspected, binary }: ScanResult): string {
  const parts = [
    plural(inspected.files, "file"),
    plural(inspected.sources, "source"),
    plural(inspected.containers, "build file"),
    plural(inspected.lockFiles, "lock file"),
    plural(inspected.packages, "package"),
    plural(inspected.images, "image"),
  ];
  return `inspected: ${parts.join(", ")}${binary.length > 0 ? `; ${plural(binary.length, "binary file")} left out` : ""}`;
}

/** The three scans of the documents, as they count them (S-050 to S-052). */
export function scanGates({ findings, environment }: ScanResult): { id: string; title: string; found: number }[] {
  const count = (...rules: ScanRuleName[]) => findings.filter(one => rules.includes(one.rule)).length;
  return [
    { id: "A", title: "forbidden imports", found: count("forbidden") },
    { id: "B", title: "secrets and tokens in sources", found: count("secret", "bearer", "jwt", "connection") },
    {
      id: "C",
      title: `values of the environment (${environment.hits} uses of secrets' names)`,
      found: count("leak", "unclear"),
    },
    { id: "D", title: "container build files", found: count("root", "base", "digest") },
    { id: "E", title: "dependencies and licences", found: count("vulnerable", "advisories", "licence") },
    { id: "F", title: "images by digest", found: count("image") },
  ];
}

const classLine = ({ environment }: ScanResult): string =>
  Object.entries(environment.byClass)
    .map(([name, count]) => plural(count, name))
    .join(", ");

/** A scan for a terminal: the verdict first, a finding a line, then what was looked at. */
export function scanText(result: ScanResult, rules: Rules, colour: boolean): string {
  const { verdict, findings, triaged } = result;
  const reason =
    findings.length === 0
      ? triaged.some(one => one.as === "accepted")
        ? "something is accepted until a day"
        : "nothing found"
      : plural(findings.length, "finding");
  return [
    `${paint(verdict, verdictColours[verdict], colour)}  scan  ${reason}`,
    ...findings
      .slice(0, 200)
      .map(one =>
        [
          paint(one.state.padEnd(12), one.state === "not met" ? "red" : "yellow", colour),
          rules[one.rule].severity.padEnd(8),
          `${place(one)}: ${one.message}. ${rules[one.rule].fix} [${rules[one.rule].id}]`,
        ].join(" "),
      ),
    ...(findings.length > 200 ? [`… and ${findings.length - 200} more (--json has all)`] : []),
    ...triaged
      .filter(one => one.as === "accepted")
      .map(one => `accepted     until ${one.expires}, ${one.owner}: ${place(one)}: ${one.subject} (${one.reason})`),
    inspectedLine(result),
    `uses of secrets' names that are none of a leak: ${classLine(result)}`,
    ...(triaged.length > 0 ? [`looked at by somebody: ${plural(triaged.length, "finding")} (scan.triage)`] : []),
  ].join("\n");
}

const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/[<>&]/g, c => `&#${c.charCodeAt(0)};`);

/** A scan in Markdown, as S-049 to S-058 lay it out. */
export function scanMarkdown(result: ScanResult, rules: Rules): string {
  const { verdict, findings, triaged, environment, inspected, kinds, command } = result;
  return [
    `# Scan: ${verdict}`,
    "",
    `${result.started} to ${result.ended}${result.commit ? `, commit ${result.commit}` : ""}, by \`${command}\``,
    "",
    `${inspectedLine(result)}. Kinds: ${kinds.join(" ")}.`,
    "",
    "| scan | what | found |",
    "|---|---|---|",
    ...scanGates(result).map(one => `| ${one.id} | ${one.title} | ${one.found} |`),
    "",
    ...(findings.length > 0
      ? [
          "## Findings",
          "",
          "| rule | state | severity | where | what |",
          "|---|---|---|---|---|",
          ...findings.map(
            one =>
              `| ${rules[one.rule].id} | ${one.state} | ${rules[one.rule].severity} | ${cell(place(one))} | ${cell(one.message)} |`,
          ),
          "",
        ]
      : []),
    ...(triaged.length > 0
      ? [
          "## Looked at by somebody",
          "",
          "| rule | where | as | reason | owner | until |",
          "|---|---|---|---|---|---|",
          ...triaged.map(
            one =>
              `| ${rules[one.rule].id} | ${cell(place(one))} | ${one.as} | ${cell(one.reason)} | ${cell(one.owner)} | ${one.expires} |`,
          ),
          "",
        ]
      : []),
    "## Uses of secrets' names",
    "",
    `${environment.hits} hits: ${classLine(result)}; ${environment.hits - environment.harmless.length} else.`,
    "",
    "| class | reason | hits | such as |",
    "|---|---|---|---|",
    ...reasons(result).map(one => `| ${one.class} | ${one.reason} | ${one.count} | ${cell(one.sample)} |`),
    "",
    `${inspected.files} files scanned, ${findings.filter(one => one.state === "not met").length} real risks.`,
    "",
  ].join("\n");
}

/** Classes of harmless uses with their reasons, how many each has, and one of them. */
function reasons({ environment }: ScanResult): { class: string; reason: string; count: number; sample: string }[] {
  const all = new Map<string, { class: string; reason: string; count: number; sample: string }>();
  for (const one of environment.harmless) {
    const key = `${one.class}: ${one.reason}`;
    const known = all.get(key);
    if (known) known.count++;
    else
      all.set(key, {
        class: one.class,
        reason: one.reason,
        count: 1,
        sample: `${one.name} in ${one.file}:${one.line}`,
      });
  }
  return [...all.values()].sort((a, b) => a.class.localeCompare(b.class) || b.count - a.count);
}

/** A scan as SARIF 2.1.0; what was looked at by somebody is suppressed, with the reason. */
export function scanSarif(result: ScanResult, rules: Rules): Log {
  const used = Object.entries(rules) as [ScanRuleName, ScanRule][];
  const index = new Map(used.map(([name], at) => [name, at]));
  const level = ({ rule }: ScanFinding) =>
    rules[rule].severity === "critical" || rules[rule].severity === "high" ? "error" : "warning";
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "greenlight-scan",
            semanticVersion: "0.1.0",
            rules: used.map(([name, { id, title, why, fix, severity, requirements }]) => ({
              ...{ id, name },
              shortDescription: { text: title },
              fullDescription: { text: `${title} ${why}` },
              help: { text: fix },
              properties: { tags: [...requirements], "problem.severity": severity },
            })),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            commandLine: result.command,
            startTimeUtc: result.started,
            endTimeUtc: result.ended,
          },
        ],
        results: [...result.findings, ...result.triaged].map((one: ScanFinding & Partial<Triaged>) => ({
          ruleId: rules[one.rule].id,
          ruleIndex: index.get(one.rule) ?? -1,
          ...(one.state === "not met"
            ? { kind: "fail" as const, level: level(one) as "error" | "warning" }
            : { kind: "open" as const, level: "none" as const }),
          message: { text: one.message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(one.file) },
                ...(one.line ? { region: { startLine: one.line } } : {}),
              },
            },
          ],
          partialFingerprints: { "greenlight/v1": sha256(JSON.stringify([one.rule, one.file, one.subject])) },
          ...(one.reason !== undefined
            ? { suppressions: [{ kind: "external" as const, status: "accepted" as const, justification: one.reason }] }
            : {}),
        })),
      },
    ],
  };
}
