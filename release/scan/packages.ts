import { parse } from "yaml";
import type { ScanFinding } from "../../model/scan";

/** A package that a lock file names in one version. */
export interface Package {
  /** As OSV calls it. */
  ecosystem: "npm" | "PyPI" | "Go" | "crates.io";
  name: string;
  version: string;
  licence?: string;
  /** Lock file it stands in. */
  file: string;
  line?: number;
  /** Only needed to build or to test. */
  dev?: boolean;
  integrity?: string;
}

interface NpmEntry {
  version?: string;
  name?: string;
  license?: unknown;
  dev?: boolean;
  link?: boolean;
  integrity?: string;
}

type Read = { packages: Package[]; found: ScanFinding[] };

/** What a lock file pins; a finding where it cannot be read, or pins nothing. */
export async function readPackages(file: string, text: string): Promise<Read> {
  const unread = (why: string) => ({
    packages: [],
    found: [
      {
        ...{ rule: "unread" as const, state: "unverifiable" as const, file, subject: file },
        message: `${why}; need a lock file whose versions can be told`,
      },
    ],
  });
  try {
    if (/(package-lock|npm-shrinkwrap)\.json$/.test(file))
      return npm(file, text) ?? unread("is no lock file of version 2 or 3");
    if (/pnpm-lock\.yaml$/.test(file)) return pnpm(file, text) ?? unread("names no packages");
    if (/yarn\.lock$/.test(file)) return yarn(file, text);
    if (/requirements[\w.-]*\.txt$/.test(file)) return requirements(file, text);
    if (/(poetry|uv)\.lock$|Cargo\.lock$/.test(file)) return await toml(file, text);
    if (/go\.sum$/.test(file)) return goSum(file, text);
  } catch (error) {
    return unread(`is not readable (${(error as Error).message.split("\n")[0]})`);
  }
  return unread("is of a kind that is not read");
}

function npm(file: string, text: string): Read | undefined {
  const { packages, lockfileVersion } = JSON.parse(text) as {
    packages?: Record<string, NpmEntry>;
    lockfileVersion?: number;
  };
  if (!packages || !(Number(lockfileVersion) >= 2)) return undefined;
  const list = Object.entries(packages).flatMap(([place, one]): Package[] => {
    if (!place.includes("node_modules/") || one.link === true || one.version === undefined) return [];
    const name = one.name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
    return [
      {
        ...{ ecosystem: "npm", name, version: one.version, file },
        ...(typeof one.license === "string" ? { licence: one.license } : {}),
        ...(one.dev === true ? { dev: true } : {}),
        ...(one.integrity ? { integrity: one.integrity } : {}),
      },
    ];
  });
  return { packages: unique(list), found: [] };
}

function pnpm(file: string, text: string): Read | undefined {
  const { packages } = parse(text, { maxAliasCount: 100 }) as { packages?: Record<string, unknown> };
  if (!packages) return undefined;
  const list = Object.keys(packages).flatMap((key): Package[] => {
    const match = /^\/?(?<name>(?:@[^/]+\/)?[^@/]+)[@/](?<version>\d[^(_]*)/.exec(key);
    return match ? [{ ecosystem: "npm", name: match.groups!.name!, version: match.groups!.version!, file }] : [];
  });
  return { packages: unique(list), found: [] };
}

function yarn(file: string, text: string): Read {
  const list: Package[] = [];
  let name: string | undefined;
  text.split("\n").forEach((line, index) => {
    const head = /^"?(?<name>(?:@[^/"]+\/)?[^@"\s]+)@/.exec(line);
    if (head && !line.startsWith(" ")) name = head.groups!.name;
    const version = /^\s+version:?\s+"?(?<version>[^"\s]+)"?/.exec(line)?.groups?.version;
    if (version && name) {
      list.push({ ecosystem: "npm", name, version, file, line: index + 1 });
      name = undefined;
    }
  });
  return { packages: unique(list), found: [] };
}

function requirements(file: string, text: string): Read {
  const packages: Package[] = [];
  const found: ScanFinding[] = [];
  text.split("\n").forEach((raw, index) => {
    const line = raw
      .replace(/(^|\s)#.*$/, "")
      .replace(/\\$/, "")
      .trim();
    if (line === "" || line.startsWith("-")) return;
    const name = /^[A-Za-z0-9][\w.-]*/.exec(line)?.[0];
    if (!name) return;
    const version = /^[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*===?\s*(?<version>[^\s;,*]+)/.exec(line)?.groups?.version;
    if (version) packages.push({ ecosystem: "PyPI", name: pypi(name), version, file, line: index + 1 });
    else
      found.push({
        ...{ rule: "unread", state: "unverifiable", file, line: index + 1, subject: name },
        message: `does not pin ${name}; need ${name}==<version>`,
      });
  });
  return { packages, found };
}

/** Names as PyPI compares them. */
const pypi = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

async function toml(file: string, text: string): Promise<Read> {
  // A module of the other kind.
  const { parse: parseToml } = await import("smol-toml");
  const ecosystem = file.endsWith("Cargo.lock") ? "crates.io" : "PyPI";
  const { package: all } = parseToml(text) as { package?: { name?: unknown; version?: unknown }[] };
  const packages = (all ?? []).flatMap(({ name, version }): Package[] =>
    typeof name === "string" && typeof version === "string"
      ? [{ ecosystem, name: ecosystem === "PyPI" ? pypi(name) : name, version, file }]
      : [],
  );
  return { packages: unique(packages), found: [] };
}

function goSum(file: string, text: string): Read {
  const packages = text.split("\n").flatMap((line): Package[] => {
    const match = /^(\S+) v(\S+) h1:/.exec(line);
    return match ? [{ ecosystem: "Go", name: match[1]!, version: match[2]!, file }] : [];
  });
  return { packages: unique(packages), found: [] };
}

const unique = (list: Package[]): Package[] => [
  ...new Map(list.map(one => [`${one.ecosystem} ${one.name}@${one.version}`, one])).values(),
];
