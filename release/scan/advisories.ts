import * as fs from "node:fs";
import * as path from "node:path";
import * as semver from "semver";
import { limits } from "../../model/limits";
import type { ScanFinding } from "../../model/scan";
import type { Package } from "./packages";

interface Event {
  introduced?: string;
  fixed?: string;
  last_affected?: string;
}

/** What of an advisory in OSV's format (https://ossf.github.io/osv-schema/) decides. */
interface Advisory {
  id: string;
  modified?: string;
  withdrawn?: string;
  summary?: string;
  database_specific?: { severity?: unknown };
  affected?: {
    package?: { ecosystem?: string; name?: string };
    ranges?: { type?: string; events?: Event[] }[];
    versions?: string[];
    ecosystem_specific?: { severity?: unknown };
  }[];
}

export interface Advisories {
  all: ReadonlyMap<string, readonly Advisory[]>;
  count: number;
  /** The newest change in it, in milliseconds since 1970; how old the list is. */
  newestMs?: number;
}

const key = (ecosystem: string, name: string): string =>
  `${ecosystem} ${ecosystem === "PyPI" ? name.toLowerCase().replace(/[-_.]+/g, "-") : name}`;

/** Reads advisories: a JSON value a file or a line, a list of them, or a folder of files. */
export function readAdvisories(place: string): Advisories {
  const all = new Map<string, Advisory[]>();
  const seen = new Set<string>();
  let newestMs: number | undefined;
  const add = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(add);
    if (typeof value !== "object" || value === null) return;
    if ("vulns" in value) return add((value as { vulns: unknown }).vulns);
    const one = value as Advisory;
    if (typeof one.id !== "string" || seen.has(one.id)) return;
    seen.add(one.id);
    const modified = Date.parse(one.modified ?? "");
    if (!Number.isNaN(modified)) newestMs = Math.max(newestMs ?? 0, modified);
    if (one.withdrawn) return;
    for (const { package: about } of one.affected ?? []) {
      if (!about?.ecosystem || !about.name) continue;
      const at = key(about.ecosystem.split(":")[0]!, about.name);
      const list = all.get(at) ?? [];
      if (!list.includes(one)) list.push(one);
      all.set(at, list);
    }
  };
  for (const file of filesAt(place)) {
    const text = fs.readFileSync(file, "utf8");
    try {
      add(JSON.parse(text));
    } catch {
      // One value a line; a line that is none is a list that was cut off, and says nothing to rely on.
      for (const line of text.split("\n")) if (line.trim() !== "") add(JSON.parse(line));
    }
  }
  return { all, count: seen.size, ...(newestMs === undefined ? {} : { newestMs }) };
}

function filesAt(place: string): string[] {
  if (!fs.statSync(place).isDirectory()) return [place];
  return fs
    .readdirSync(place, { recursive: true, encoding: "utf8" })
    .filter(file => /\.(json|jsonl|ndjson)$/.test(file))
    .map(file => path.join(place, file))
    .sort();
}

/** How the order of two versions is told: by semantic versions, else by numbers with dots; undefined where it cannot be. */
function order(ecosystem: string, a: string, b: string): number | undefined {
  if (ecosystem === "npm" || ecosystem === "Go" || ecosystem === "crates.io") {
    const [one, other] = [a, b].map(text => semver.parse(text === "0" ? "0.0.0-0" : text, { loose: true }));
    if (one && other) return semver.compare(one, other);
  }
  const plain = /^v?\d+(\.\d+)*$/;
  if (!plain.test(a) || !plain.test(b)) return undefined;
  const [one, other] = [a, b].map(text => text.replace(/^v/, "").split(".").map(Number));
  for (let at = 0; at < Math.max(one!.length, other!.length); at++) {
    const by = (one![at] ?? 0) - (other![at] ?? 0);
    if (by !== 0) return by;
  }
  return 0;
}

/** Whether a version is meant; undefined where its order cannot be told. */
function isAffected(one: Package, advisory: Advisory): { affected: boolean | undefined; fixed?: string } {
  let unknown = false;
  for (const { package: about, ranges, versions } of advisory.affected ?? []) {
    if (!about?.ecosystem || key(about.ecosystem.split(":")[0]!, about.name ?? "") !== key(one.ecosystem, one.name))
      continue;
    if (versions?.includes(one.version)) return { affected: true, ...fixOf(ranges) };
    for (const { type, events } of ranges ?? []) {
      if (type === "GIT") continue;
      let inside = false;
      for (const event of events ?? []) {
        const at = event.introduced ?? event.fixed ?? event.last_affected;
        if (at === undefined) continue;
        const by = at === "0" ? 1 : order(one.ecosystem, one.version, at);
        if (by === undefined) {
          unknown = true;
          continue;
        }
        if (event.introduced !== undefined && by >= 0) inside = true;
        if (event.fixed !== undefined && by >= 0) inside = false;
        if (event.last_affected !== undefined && by > 0) inside = false;
      }
      if (inside) return { affected: true, ...fixOf([{ events: events ?? [] }]) };
    }
    // Neither versions nor a range: all are meant.
    if (!versions?.length && !ranges?.length) return { affected: true };
    if (versions?.length && unknown) unknown = false;
  }
  return { affected: unknown ? undefined : false };
}

const fixOf = (ranges: { events?: Event[] }[] | undefined): { fixed?: string } => {
  const fixed = ranges
    ?.flatMap(one => one.events ?? [])
    .map(one => one.fixed)
    .filter(one => one !== undefined)
    .at(-1);
  return fixed === undefined ? {} : { fixed };
};

/** Its severity in one word; one that says none counts as high, and a malicious package as critical. */
function severityOf(advisory: Advisory): string {
  if (advisory.id.startsWith("MAL-")) return "critical";
  const said = advisory.database_specific?.severity ?? advisory.affected?.[0]?.ecosystem_specific?.severity;
  return typeof said === "string" ? said.toLowerCase() : "high (it says none)";
}

const isSevere = (severity: string): boolean => /^(high|critical)/.test(severity);

/** Known vulnerabilities of packages; those of low and medium severity are counted, not found. */
export function findVulnerable(
  packages: readonly Package[],
  advisories: Advisories | undefined,
  { nowMs, place }: { nowMs: number; place: string | undefined },
): { found: ScanFinding[]; minor: number } {
  const found: ScanFinding[] = [];
  let minor = 0;
  const old = (message: string): void =>
    void found.push({
      ...{
        rule: "advisories",
        state: "unverifiable",
        file: place ?? "greenlight.yaml",
        subject: "advisories",
        message,
      },
    });
  if (!advisories) {
    old(
      place === undefined
        ? "names no advisories under scan.advisories; need them to tell whether dependencies are sound"
        : "is not there; need advisories to tell whether dependencies are sound",
    );
    return { found, minor };
  }
  const maxMs = limits.production.scannerDatabaseMs;
  const ageMs = advisories.newestMs === undefined ? undefined : nowMs - advisories.newestMs;
  if (advisories.count === 0) old("holds no advisory; need a list in OSV's format");
  else if (ageMs === undefined || ageMs > maxMs)
    old(
      `holds advisories ${ageMs === undefined ? "that give no time" : `whose newest is ${Math.floor(ageMs / 3_600_000)} h old`}; need them younger than ${maxMs / 3_600_000} h`,
    );
  for (const one of packages) {
    for (const advisory of advisories.all.get(key(one.ecosystem, one.name)) ?? []) {
      const { affected, fixed } = isAffected(one, advisory);
      if (affected === false) continue;
      const severity = severityOf(advisory);
      if (!isSevere(severity)) {
        minor++;
        continue;
      }
      const mend = fixed ? `${one.name} ${fixed} or newer` : "another package: no version mends it";
      found.push({
        ...{ rule: "vulnerable", state: affected ? "not met" : "unverifiable", file: one.file },
        ...(one.line === undefined ? {} : { line: one.line }),
        subject: `${one.name}@${one.version} ${advisory.id}`,
        message: `pins ${one.name} ${one.version}, which ${affected ? "has" : "may have"} ${advisory.id} (${severity}${advisory.summary ? `: ${advisory.summary.slice(0, 120)}` : ""})${one.dev ? ", for development only" : ""}; need ${mend}`,
      });
    }
  }
  return { found, minor };
}
