import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { canonicalJson, sha256 } from "../../model/canonical";
import type { Evidence } from "../../model/evidence";
import { fail } from "../../model/faults";
import type { VerdictWord } from "../../model/outcome";
import { exitCodes, worse } from "../../model/outcome";
import { hasColour, paint, verdictColours } from "../../readiness/report/terminal";
import { scanGates, scanMarkdown, scanSarif } from "../../readiness/report/scan";
import type { ApiReport } from "../../release/api-gate";
import { runApiGate } from "../../release/api-gate";
import type { BuildReport } from "../../release/builds";
import { runBuilds } from "../../release/builds";
import { scanRules } from "../../release/scan/rules";
import { toSbom } from "../../release/scan/sbom";
import type { Settings } from "../../release/settings";
import { readSettings, settingsFile } from "../../release/settings";
import { cleanCommit } from "../commit";
import { interrupted } from "../interrupted";
import { printJson } from "../output";
import { runSteps } from "../progress";
import { lookThrough, scanEvidence } from "./scan";

export const gates = ["scan", "builds", "api"] as const;
export type GateName = (typeof gates)[number];

interface GateOptions {
  repository?: string;
  report?: string;
  stack?: string;
  evidence?: string;
  json?: boolean;
}

/** What a gate came to, and what it wrote. */
export interface GateResult {
  gate: GateName;
  verdict: VerdictWord;
  said: string;
  /** Lines for people: what failed, by file and line where there is one. */
  problems: string[];
  report: object;
  evidence: (stack: string) => Evidence;
}

/** `greenlight release gate`: scan, builds and API tests, as they have to pass before a release (S-049). */
export async function releaseGate(names: string[], options: GateOptions): Promise<number> {
  const repository = path.resolve(options.repository ?? ".");
  const settings = readSettings(repository);
  if ((options.evidence === undefined) !== (options.stack === undefined))
    throw fail("--stack and --evidence", "given one without the other", "both", undefined, exitCodes.usage);
  const asked =
    names.length > 0 ? names.map(gateNamed) : gates.filter(one => one === "scan" || settings[one] !== undefined);
  const results: GateResult[] = [];
  await runSteps(
    asked.map(name => ({
      title: `gate: ${name}`,
      run: async say => {
        const result = await runGate(name, repository, settings, say);
        results.push(result);
        if (options.report) writeGate(options.report, result);
        if (options.evidence && options.stack) {
          fs.mkdirSync(options.evidence, { recursive: true });
          fs.writeFileSync(
            path.join(options.evidence, `gate-${name}.json`),
            `${canonicalJson(result.evidence(options.stack), 2)}\n`,
          );
        }
        return result.verdict;
      },
    })),
    options.json,
  );
  const verdict = results.map(one => one.verdict).reduce(worse, "GO");
  if (options.json)
    printJson({
      schema: "greenlight.gates/1",
      verdict,
      gates: results.map(({ gate, verdict, said, problems, report }) => ({ gate, verdict, said, problems, report })),
    });
  else {
    console.log(
      `${paint(verdict, verdictColours[verdict], hasColour())}  gates  ${results.map(one => `${one.gate} ${one.verdict}`).join(", ")}`,
    );
    for (const one of results) {
      console.log(`${one.gate}: ${one.said}`);
      for (const problem of one.problems.slice(0, 50)) console.log(`  ${problem}`);
    }
    console.log(
      verdict === "GO" ? "next: `greenlight release plan <version>`" : "next: mend what failed, and run the gate again",
    );
  }
  return exitCodes[verdict];
}

function gateNamed(name: string): GateName {
  const gate = gates.find(one => one === name);
  if (!gate) throw fail(`gate "${name}"`, "unknown", `one of ${gates.join(", ")}`, undefined, exitCodes.usage);
  return gate;
}

/** Leaves a gate's reports in a folder; JSON as `gate-<name>.json`. */
export function writeGate(folder: string, { gate, report, problems }: GateResult): void {
  fs.mkdirSync(folder, { recursive: true });
  const { packages, ...printed } = report as { packages?: never[] };
  fs.writeFileSync(path.join(folder, `gate-${gate}.json`), `${canonicalJson(printed, 2)}\n`);
  if (gate === "scan") {
    fs.writeFileSync(path.join(folder, "gate-scan.md"), scanMarkdown(printed as never, scanRules));
    fs.writeFileSync(
      path.join(folder, "gate-scan.sarif"),
      `${canonicalJson(scanSarif(printed as never, scanRules), 2)}\n`,
    );
    if (packages)
      fs.writeFileSync(path.join(folder, "sbom.cdx.json"), toSbom(path.basename(folder), packages, Date.now()));
  }
  if (problems.length > 0) fs.writeFileSync(path.join(folder, `gate-${gate}.txt`), `${problems.join("\n")}\n`);
}

/** Runs one gate. */
export async function runGate(
  gate: GateName,
  repository: string,
  settings: Settings,
  say: (text: string) => void,
): Promise<GateResult> {
  if (gate === "scan") {
    const result = await lookThrough(repository, settings, { nowMs: Date.now(), say });
    const found = scanGates(result).filter(one => one.found > 0);
    return {
      ...{ gate, verdict: result.verdict, report: result },
      said:
        found.length > 0
          ? found.map(one => `${one.title}: ${one.found}`).join(", ")
          : `nothing found in ${result.inspected.files} files`,
      problems: result.findings.map(
        one => `${one.file}${one.line ? `:${one.line}` : ""}: ${one.message} [${scanRules[one.rule].id}]`,
      ),
      evidence: stack => scanEvidence(result, stack),
    };
  }
  const commit = cleanCommit(repository);
  const common = { repository, commit, say, now: Date.now, signal: interrupted.signal };
  const wanted = settings[gate];
  if (wanted === undefined)
    throw fail(`${settingsFile}: ${gate}`, "missing", "what the gate is to run", undefined, exitCodes.usage);
  if (gate === "builds") {
    const report = await runBuilds(settings.builds!, common);
    const { total, ok, failed } = report.summary;
    return {
      ...{ gate, report, verdict: report.summary.status === "PASS" ? "GO" : "NO-GO", said: `${ok} of ${total} builds` },
      problems: report.builds
        .filter(one => !one.success)
        .flatMap(one => [
          `${settingsFile}: builds.${one.name} (${one.command}): ${one.problem}`,
          ...(one.said ?? []).slice(-5).map(line => `    ${line}`),
        ]),
      evidence: stack => gateEvidence("build report", stack, report, { total, failed }),
    };
  }
  const report = await runApiGate(settings.api!, common);
  const { total, failed } = report.assertions;
  const bad = report.test_summary.status === "PASS" ? 0 : Math.max(1, failed);
  return {
    ...{ gate, report, verdict: report.test_summary.status === "PASS" ? "GO" : "NO-GO" },
    said: `${report.test_summary.passed} of ${report.test_summary.total} tests, ${total - failed} of ${total} assertions`,
    problems: [
      ...report.problems,
      ...report.test_results.flatMap(one =>
        one.failures.map(each => `${settings.api!.collection}: ${one.name}: ${each}`),
      ),
    ],
    evidence: stack => gateEvidence("API test", stack, report, { total: Math.max(total, bad), failed: bad }),
  };
}

/** A report as evidence. The API is asked here, as a process: that rehearses what a cluster does. */
function gateEvidence(
  kind: "build report" | "API test",
  stack: string,
  report: BuildReport | ApiReport,
  { total, failed }: { total: number; failed: number },
): Evidence {
  return {
    schema: "greenlight.evidence/1",
    kind,
    subject: { stack, ...(report.commit ? { commit: report.commit } : {}) },
    environment: { name: stack, kind: kind === "API test" ? "processes" : "repository" },
    ...{ started: report.started, ended: report.ended },
    engines: { node: process.versions.node },
    config: sha256(canonicalJson(report)),
    nonce: randomBytes(16).toString("hex"),
    facts: [
      { name: "total", value: total, samples: total },
      { name: "failed", value: failed, samples: total },
    ],
  };
}
