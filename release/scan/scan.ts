import * as fs from "node:fs";
import type { Tier } from "../../model/tier";
import type { Settings } from "../settings";
import { insideOf, settingsFile } from "../settings";
import type { Advisories } from "./advisories";
import { findVulnerable, readAdvisories } from "./advisories";
import { findContainer } from "./containers";
import { findEnvironment } from "./environment";
import type { Listed } from "./files";
import { listFiles, readText } from "./files";
import type { Outcome } from "../../model/outcome";
import { verdictOf, worstOutcome } from "../../model/outcome";
import type { Harmless, ScanFinding, ScanResult, Triaged } from "../../model/scan";
import { findForbidden } from "./forbidden";
import { findImages } from "./images";
import { findLicences } from "./licences";
import type { Package } from "./packages";
import { readPackages } from "./packages";
import { findSecrets } from "./secrets";
import { triaged } from "./triage";

export interface ScanOptions {
  repository: string;
  settings: Settings;
  nowMs: number;
  command: string;
  commit?: string | undefined;
  /** Looks only at what is about to be committed. */
  staged?: boolean;
  tier?: Tier;
  /** Folder of image reports made just now. */
  madeReports?: string;
  say?: (text: string) => void;
}

/** Looks through a repository: secrets, forbidden imports, leaked values, build files, dependencies and images. */
export async function scan(options: ScanOptions): Promise<ScanResult & { packages: Package[] }> {
  const { repository, settings, nowMs, command, commit, staged = false, say } = options;
  const wanted = settings.scan ?? {};
  const files = listFiles(repository, wanted, staged);
  const found: ScanFinding[] = [];
  const harmless: Harmless[] = [];
  const packages: Package[] = [];
  const binary: string[] = [];
  let read = 0;
  for (const [index, one] of files.entries()) {
    if (index % 200 === 199) say?.(`${index + 1} of ${files.length} files`);
    const content = readText(repository, one.file, staged);
    if ("unread" in content) {
      found.push({
        ...{ rule: "unread", state: "unverifiable", file: one.file, subject: one.file },
        message: `is ${content.unread}; need a file that can be read`,
      });
      continue;
    }
    if ("binary" in content) {
      binary.push(one.file);
      continue;
    }
    read++;
    const of = await lookAt(one, content.text, settings);
    found.push(...of.found);
    harmless.push(...of.harmless);
    packages.push(...of.packages);
  }
  const tier = options.tier ?? settings.tier ?? "production";
  const { advisories, minor, others } = staged
    ? { advisories: undefined, minor: 0, others: [] }
    : aboutPackages(packages, options);
  found.push(...others);
  const images = staged ? [] : (wanted.images ?? []);
  const reports = options.madeReports ?? wanted.imageReports;
  found.push(
    ...findImages(images, reports === undefined ? undefined : insideOr(repository, reports, options.madeReports), {
      ...{ tier, nowMs, file: settingsFile },
    }),
  );
  // What is about to be committed is a part: entries about the rest excuse nothing in it.
  const entries = staged ? (wanted.triage ?? []).filter(entry => isAbout(entry.file, files)) : (wanted.triage ?? []);
  const { open, triaged: excused } = triaged(found, entries, nowMs);
  if (read === 0 && !staged)
    open.push({
      ...{ rule: "unread", state: "unverifiable", file: ".", subject: repository },
      message: "holds no file of a kind that is looked at; need one at least",
    });
  const findings = open.filter(one => !(staged && one.rule === "triage" && /excuses nothing/.test(one.message)));
  return {
    schema: "greenlight.scan/1",
    verdict: verdictOf(worstOutcome([...findings.map(one => one.state), ...excused.map(stateOf), "met"])),
    started: new Date(nowMs).toISOString(),
    ended: new Date().toISOString(),
    ...(commit === undefined ? {} : { commit }),
    command,
    inspected: {
      files: read,
      sources: files.filter(one => one.sources).length,
      containers: files.filter(one => one.container).length,
      lockFiles: files.filter(one => one.lock).length,
      packages: packages.length,
      images: images.length,
    },
    kinds: [...new Set(files.map(one => /\.[^./]+$/.exec(one.file)?.[0] ?? one.file.split("/").at(-1)!))].sort(),
    binary,
    findings: findings.sort(inOrder),
    triaged: excused.sort(inOrder),
    environment: { hits: harmless.length + countOf(findings) + countOf(excused), byClass: byClass(harmless), harmless },
    minorVulnerabilities: minor,
    ...(advisories
      ? {
          advisories: {
            count: advisories.count,
            ...(advisories.newestMs === undefined ? {} : { newest: new Date(advisories.newestMs).toISOString() }),
          },
        }
      : {}),
    packages,
  };
}

const stateOf = (one: Triaged): Outcome => (one.as === "accepted" ? "waived" : "met");

const isAbout = (pattern: string, files: readonly Listed[]): boolean =>
  files.some(one => one.file === pattern || pattern.includes("*"));
const countOf = (all: readonly ScanFinding[]): number =>
  all.filter(one => one.rule === "leak" || one.rule === "unclear").length;

const inOrder = (a: ScanFinding, b: ScanFinding): number =>
  compare(a.rule, b.rule) || compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || compare(a.subject, b.subject);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byClass(harmless: readonly Harmless[]): Record<string, number> {
  const counts: Record<string, number> = { "config read": 0, declaration: 0, "secret-field reference": 0 };
  for (const one of harmless) counts[one.class]!++;
  return counts;
}

const insideOr = (repository: string, place: string, made: string | undefined): string =>
  made ?? insideOf(repository, place, "scan.imageReports");

async function lookAt(
  one: Listed,
  text: string,
  { scan }: Settings,
): Promise<{ found: ScanFinding[]; harmless: Harmless[]; packages: Package[] }> {
  const found: ScanFinding[] = [];
  const { packages, found: unread } = one.lock ? await readPackages(one.file, text) : { packages: [], found: [] };
  found.push(...unread, ...forbiddenPackages(one.file, packages, scan?.forbidden ?? []));
  if (one.secrets && !one.lock) found.push(...(await findSecrets(one.file, text)));
  if (one.sources) found.push(...findForbidden(one.file, text, scan?.forbidden ?? []));
  if (one.container) found.push(...findContainer(one.file, text));
  const environment = one.secrets && !one.lock ? findEnvironment(one.file, text) : { found: [], harmless: [] };
  // One line, one finding: a literal that is a token too is told as a token.
  const taken = new Set(found.map(each => each.line));
  found.push(...environment.found.filter(each => !taken.has(each.line)));
  return { found, harmless: environment.harmless, packages };
}

const forbiddenPackages = (
  file: string,
  packages: readonly Package[],
  all: readonly { modules: string[]; because: string }[],
): ScanFinding[] =>
  packages.flatMap(one =>
    all
      .filter(each =>
        each.modules.some(module => module.replace(/_/g, "-") === one.name || one.name.startsWith(`@${module}/`)),
      )
      .map(({ because }) => ({
        ...{ rule: "forbidden" as const, state: "not met" as const, file, subject: one.name },
        ...(one.line === undefined ? {} : { line: one.line }),
        message: `pins ${one.name}, which is forbidden: ${because}`,
      })),
  );

function aboutPackages(
  packages: readonly Package[],
  { repository, settings, nowMs }: ScanOptions,
): { advisories: Advisories | undefined; minor: number; others: ScanFinding[] } {
  const { advisories: place, licences } = settings.scan ?? {};
  if (packages.length === 0) return { advisories: undefined, minor: 0, others: [] };
  const full = place === undefined ? undefined : insideOf(repository, place, "scan.advisories");
  const advisories = full !== undefined && fs.existsSync(full) ? readAdvisories(full) : undefined;
  const { found, minor } = findVulnerable(packages, advisories, { nowMs, place });
  return { advisories, minor, others: [...found, ...(licences ? findLicences(packages, licences.allowed) : [])] };
}
