import type { Importer, Values } from "../imported";
import { isObject, isWhole, known, objects, textOf, timeOf } from "../imported";

const isSevere = (severity: unknown): boolean => /^(high|critical)$/i.test(textOf(severity) ?? "");
/** Vulnerabilities, counted by severity, by whether a newer version mends them, and by age. */
function bySeverity(all: readonly { severity: unknown; isFixable: boolean; published?: unknown }[]) {
  const count = (name: string) => all.filter(one => textOf(one.severity)?.toLowerCase() === name).length;
  const times = all.filter(one => isSevere(one.severity)).flatMap(one => timeOf(one.published) ?? []);
  return {
    ...{ critical: count("critical"), high: count("high"), medium: count("medium"), low: count("low") },
    fixable: all.filter(one => one.isFixable).length,
    ...(times.length > 0 ? { oldestSevereAt: Math.min(...times) } : {}),
  };
}
const digestsIn = (value: unknown): string[] =>
  [...JSON.stringify(value ?? "").matchAll(/sha256:[0-9a-f]{64}/g)].map(([digest]) => digest);

/** Trivy's JSON. A system it does not know gives no findings and exit 0 (trivy#897): then nothing was inspected. */
export const trivy: Importer = (_source, value) => {
  if (!isObject(value) || typeof value.SchemaVersion !== "number" || value.ArtifactName === undefined) return undefined;
  const results = objects(value.Results);
  const packages = results.reduce(
    (sum, one) => sum + objects(one.Packages).length + objects(one.Vulnerabilities).length,
    0,
  );
  const vulnerabilities = results.flatMap(one => objects(one.Vulnerabilities));
  const severe = vulnerabilities.filter(one => isSevere(one.Severity)).length;
  const metadata = isObject(value.Metadata) ? value.Metadata : {};
  const whole =
    isWhole(value.Results) &&
    results.every(
      one =>
        isWhole(one.Vulnerabilities) && objects(one.Vulnerabilities).every(each => textOf(each.Severity) !== undefined),
    );
  return [
    {
      format: "Trivy report",
      kind: "image scan",
      facts: {
        ...{ severe, inspected: results.length === 0 || !whole ? 0 : Math.max(packages, results.length) },
        ...bySeverity(
          vulnerabilities.map(one => ({
            ...{ severity: one.Severity, published: one.PublishedDate },
            isFixable: textOf(one.FixedVersion) !== undefined,
          })),
        ),
      },
      at: { severe: "/Results", inspected: "/Results" },
      images: digestsIn(metadata.RepoDigests),
      ...known({ endedMs: timeOf(value.CreatedAt) }),
    },
  ];
};

/** Grype's JSON. */
export const grype: Importer = (_source, value) => {
  if (!isObject(value) || !Array.isArray(value.matches) || !isObject(value.descriptor)) return undefined;
  const severe = objects(value.matches).filter(
    one => isObject(one.vulnerability) && isSevere(one.vulnerability.severity),
  ).length;
  const { descriptor } = value;
  const db = isObject(descriptor.db) ? descriptor.db : {};
  const built = isObject(db.status) ? db.status.built : db.built;
  return [
    {
      format: "Grype report",
      kind: "image scan",
      // It names what matched only; that it looked at all shows in its source.
      facts: known({
        severe,
        ...bySeverity(
          objects(value.matches).map(({ vulnerability }) => {
            const { severity, fix } = isObject(vulnerability) ? vulnerability : ({} as Values);
            return { severity, isFixable: isObject(fix) && fix.state === "fixed" };
          }),
        ),
        inspected: isObject(value.source) && isWhole(value.matches) ? 1 : 0,
        databaseAt: timeOf(built),
      }),
      at: { severe: "/matches" },
      images: digestsIn(value.source),
      ...known({ endedMs: timeOf(descriptor.timestamp) }),
    },
  ];
};

/** SARIF: results of level error count, unless they are suppressed. */
export const sarif: Importer = (_source, value) => {
  if (!isObject(value) || !Array.isArray(value.runs) || !/^2\./.test(textOf(value.version) ?? "")) return undefined;
  const runs = objects(value.runs);
  const open = runs.flatMap(run => objects(run.results)).filter(one => objects(one.suppressions).length === 0);
  const ended = runs.flatMap(run => objects(run.invocations)).map(one => timeOf(one.endTimeUtc));
  const failed = runs.flatMap(run => objects(run.invocations)).some(one => one.executionSuccessful === false);
  const whole = isWhole(value.runs) && runs.every(run => isWhole(run.results));
  const artifacts = runs.reduce((sum, run) => sum + objects(run.artifacts).length, 0);
  return [
    {
      format: "SARIF log",
      kind: "source scan",
      facts: {
        severe: open.filter(one => one.level === undefined || one.level === "error").length,
        inspected: runs.length === 0 || failed || !whole ? 0 : Math.max(artifacts, 1),
      },
      at: { severe: "/runs" },
      ...known({ endedMs: ended.filter(one => one !== undefined).at(-1) }),
    },
  ];
};

/** Gitleaks' list of findings: an empty one does not say what was looked at, so it proves nothing. */
export const gitleaks: Importer = (_source, value) => {
  const rows = objects(value);
  if (rows.length === 0 || !rows.every(row => row.RuleID !== undefined && row.File !== undefined)) return undefined;
  return [{ format: "Gitleaks report", kind: "source scan", facts: { severe: rows.length, inspected: rows.length } }];
};

/** Secretlint's JSON: every file that was looked at has a row. */
export const secretlint: Importer = (_source, value) => {
  const rows = objects(value);
  if (rows.length === 0 || !rows.every(row => row.filePath !== undefined && Array.isArray(row.messages)))
    return undefined;
  const severe = rows.reduce((sum, row) => sum + objects(row.messages).length, 0);
  return [{ format: "Secretlint report", kind: "source scan", facts: { severe, inspected: rows.length } }];
};

/** CycloneDX and SPDX, as JSON. */
export const sbom: Importer = (_source, value) => {
  if (!isObject(value)) return undefined;
  if (value.bomFormat === "CycloneDX") {
    const metadata = isObject(value.metadata) ? value.metadata : {};
    return [bom("CycloneDX", value.components, digestsIn(metadata.component), metadata.timestamp)];
  }
  if (/^SPDX-/.test(textOf(value.spdxVersion) ?? "")) {
    const { created } = isObject(value.creationInfo) ? value.creationInfo : ({} as Values);
    return [bom("SPDX", value.packages, digestsIn(value.documentDescribes ?? value.name), created)];
  }
  return undefined;
};

const bom = (format: string, parts: unknown, images: string[], at: unknown) => ({
  format,
  kind: "SBOM" as const,
  facts: { inspected: objects(parts).length },
  images,
  ...known({ endedMs: timeOf(at) }),
});

/** Builds by name with their outcome (S-059 to S-061): one that failed is a failed report, whatever the others did. */
export const builds: Importer = (_source, value) => {
  const list = isObject(value) ? (value.builds ?? value.build_results) : undefined;
  const rows = objects(list);
  if (rows.length === 0 || !rows.every(row => row.name !== undefined || row.build !== undefined)) return undefined;
  const isGood = (row: Values) =>
    row.success === true ||
    row.ok === true ||
    /^(ok|pass(ed)?|success(ful)?|succeeded)$/i.test(textOf(row.status) ?? "");
  const failed = rows.filter(row => !isGood(row)).length;
  const { timestamp, ended } = value as Values;
  return [
    {
      format: "build report",
      kind: "build report",
      facts: { total: rows.length, failed },
      at: { total: "/builds", failed: "/builds" },
      ...known({ endedMs: timeOf(ended ?? timestamp) }),
    },
  ];
};
