import * as fs from "node:fs";
import * as path from "node:path";
import { sha256 } from "../../model/canonical";
import type { Deliverable, ReleaseRecord } from "../../model/release-record";
import type { ScanResult } from "../../model/scan";
import { scanGates } from "../../readiness/report/scan";
import { defaultExclude } from "../scan/files";
import type { Settings } from "../settings";
import type { Made } from "./made";

/** The scan as the documents count it (S-050 to S-058). */
export function scanPart(scan: ScanResult, settings: Settings): NonNullable<ReleaseRecord["gates"]["scan"]> {
  const at = (...rules: string[]) =>
    scan.findings.filter(one => rules.includes(one.rule)).map(one => `${one.file}${one.line ? `:${one.line}` : ""}`);
  const realRisks = scan.findings.filter(one => one.state === "not met").length;
  return {
    verdict: scan.verdict,
    scans: scanGates(scan),
    filesScanned: scan.inspected.files,
    kinds: scan.kinds,
    excluded: settings.scan?.exclude ?? defaultExclude,
    command: scan.command,
    forbidden: at("forbidden"),
    tokens: at("secret", "bearer", "jwt", "connection"),
    environment: {
      hits: scan.environment.hits,
      byClass: scan.environment.byClass,
      samples: [...new Set(scan.environment.harmless.map(one => one.name))].slice(0, 3),
    },
    realRisks,
    compliance: scan.verdict === "GO" ? "compliant" : "not compliant",
  };
}

/** Files that belong to the release (S-045 to S-048). */
export function deliverablesOf({ repository, settings, dir, builds }: Made): Deliverable[] {
  const { release } = settings;
  const wanted: [file: string | undefined, description: string][] = [
    [path.relative(repository, path.join(dir, "gate-scan.json")), "report of the scan (greenlight scan)"],
    [
      settings.builds && path.relative(repository, path.join(dir, "gate-builds.json")),
      "report of the builds (greenlight release gate builds)",
    ],
    [
      settings.api && path.relative(repository, path.join(dir, "gate-api.json")),
      "report of the API's tests (greenlight release gate api)",
    ],
    [path.relative(repository, path.join(dir, "journal.jsonl")), "journal of the release (greenlight release start)"],
    [path.relative(repository, path.join(dir, "rollback-playbook.json")), "playbook of the rollback, for machines"],
    [release.playbook, "playbook"],
    [release.guide, "guide of the rollback"],
    ...(builds?.builds.flatMap(one =>
      one.artefacts.map((each): [string, string] => [each.path, `artefact of ${one.name}`]),
    ) ?? []),
  ];
  return wanted.flatMap(([file, description]): Deliverable[] => {
    if (file === undefined) return [];
    const full = path.resolve(repository, file);
    return fs.existsSync(full)
      ? [{ path: file, description, state: "there" as const, sha256: sha256(fs.readFileSync(full)) }]
      : [{ path: file, description, state: "missing" as const }];
  });
}
