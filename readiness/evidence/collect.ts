import * as fs from "node:fs";
import * as path from "node:path";
import { attestationSchema } from "../../model/evidence";
import { sha256 } from "../../model/canonical";
import { fail } from "../../model/faults";
import { duplicateKey } from "../documents/duplicate-key";
import type { Source } from "../documents/read";
import { readSource, valueOf } from "../documents/read";
import type { Evidence, Found, Imported, Importer } from "./imported";
import { isObject, known } from "./imported";
import { alerts, blackbox, clusterObject, prometheus } from "./importers/cluster";
import { envelope } from "./importers/envelope";
import { jmeter, k6Points, k6Summary } from "./importers/load";
import { builds, gitleaks, grype, sarif, sbom, secretlint, trivy } from "./importers/scans";
import { cobertura, istanbul, jacoco, junit, lcov, newman, testSummary } from "./importers/tests";
import type { Statement, TrustedKey } from "./statement";
import { readStatement } from "./statement";

/** Importers in the order they are asked; each knows its format by its content. */
const importers: readonly Importer[] = [
  ...[envelope, k6Summary, newman, testSummary, trivy, grype, sarif, sbom, istanbul, builds],
  ...[
    prometheus,
    clusterObject,
    alerts,
    secretlint,
    gitleaks,
    junit,
    cobertura,
    jacoco,
    k6Points,
    jmeter,
    lcov,
    blackbox,
  ],
];

const extension = /\.(json|ndjson|jsonl|xml|csv|jtl|info|lcov|prom)$/i;
const statementSuffix = ".intoto.json";
const maxFiles = 10_000;

/**
 * Reads every file of evidence below a folder. What no importer knows is named, not passed over. Markdown is no evidence:
 * it holds claims, which the court reads.
 * @param trusted keys whose statements count as signed
 */
export function collectEvidence(dir: string, trusted: readonly TrustedKey[] = []): Evidence {
  const evidence: Evidence = { imported: [], attestations: [], unknown: [] };
  for (const file of filesBelow(dir)) {
    const source = readSource(path.join(dir, file));
    const digest = sha256(source.bytes);
    const value = valueOf(source);
    refuseTwice(source, value);
    const statement = statementFor(path.join(dir, file), digest, trusted);
    const attestation = isObject(value) && value.schema === "greenlight.attestation/1";
    if (attestation) {
      const { success, data, error } = attestationSchema.safeParse(value);
      if (!success) throw fail(file, `no attestation (${error.issues[0]!.message})`, "one of greenlight.attestation/1");
      evidence.attestations.push({ ...data, file, sha256: digest, signed: statement.producer === data.by });
      continue;
    }
    const found = recognised({ ...source, file }, value);
    if (found.length === 0) evidence.unknown.push({ file, sha256: digest });
    for (const one of found) evidence.imported.push({ ...joined(one, statement), file, sha256: digest });
  }
  return evidence;
}

/** How far a statement's time may be from the file's own, in milliseconds: a run ends before somebody signs for it. */
const apartMs = 3_600_000;

/** The year 2100. */
const latestMs = Date.UTC(2100, 0, 1);

/** What a file says, and beside it what is said of it: the file's own words stand, a statement adds what they leave open. */
function joined({ endedMs, ...rest }: Found, said: Statement): Omit<Imported, "file" | "sha256"> {
  // A time that no calendar has is none.
  const one: Found = { ...rest, ...(endedMs !== undefined && endedMs > 0 && endedMs < latestMs ? { endedMs } : {}) };
  const isLate =
    one.endedMs !== undefined && said.endedMs !== undefined && Math.abs(one.endedMs - said.endedMs) > apartMs;
  const isElsewhere =
    one.environment !== undefined && said.environment !== undefined && one.environment !== said.environment;
  const conflict = isLate
    ? "the statement beside it gives another time than the file itself"
    : isElsewhere
      ? "the statement beside it gives another environment than the file itself"
      : undefined;
  const { producer } = said;
  return {
    ...said,
    ...one,
    at: one.at ?? {},
    ...known({ producer, conflict, simulated: one.simulated ?? said.simulated }),
  };
}

/** Two values under one key are two statements. */
function refuseTwice({ file, text }: Source, value: unknown): void {
  const twice = typeof value === "object" && /^\s*[{[]/.test(text) ? duplicateKey(text) : undefined;
  if (twice)
    throw fail(`${file}, line ${twice.line}`, `giving the key ${JSON.stringify(twice.key)} twice`, "each key once");
}

function recognised(source: Source, value: unknown): Found[] {
  for (const importer of importers) {
    const found = importer(source, value);
    if (found) return found;
  }
  return [];
}

function statementFor(file: string, digest: string, trusted: readonly TrustedKey[]): Statement {
  const beside = `${file}${statementSuffix}`;
  if (!fs.existsSync(beside)) return {};
  const source = readSource(beside);
  const value = valueOf(source);
  refuseTwice(source, value);
  return readStatement(value, beside, digest, trusted);
}

/** Names below the folder, sorted; links are passed over. */
function filesBelow(dir: string): string[] {
  const stat = fs.lstatSync(dir, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) throw fail(dir, stat ? "no folder" : "not there", "a folder of evidence");
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of fs.readdirSync(path.join(dir, folder), { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith(".")) walk(file);
      else if (entry.isFile() && extension.test(entry.name) && !entry.name.endsWith(statementSuffix)) files.push(file);
      if (files.length > maxFiles) throw fail(dir, `more than ${maxFiles} files`, "fewer");
    }
  };
  walk("");
  return files.sort();
}
