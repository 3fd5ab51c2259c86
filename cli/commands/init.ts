import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import { isTier, tiers } from "../../model/tier";
import type { Verdict } from "../../model/verdict";
import { hasColour, toTerminal } from "../../readiness/report/terminal";
import { readSettings, settingsFile } from "../../release/settings";
import { baselineFile, compare, currentBaseline, readBaseline } from "../adoption/baseline";
import type { CiProject } from "../adoption/ci-files";
import { ciPaths, ciScript, githubWorkflow, gitlabPipeline } from "../adoption/ci-files";
import type { Detected } from "../adoption/detect";
import { detect } from "../adoption/detect";
import { checkLine, judgeDetected } from "../adoption/judge";
import { printJson } from "../output";
import { runSteps } from "../progress";

export interface InitOptions {
  tier?: string;
  stack?: string;
  ci?: string;
  dryRun?: boolean;
  accept?: boolean;
  json?: boolean;
}

const providers = ["github", "gitlab", "shell", "none"] as const;

function folderOf(folder: string | undefined): string {
  const dir = path.resolve(folder ?? ".");
  if (!fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory())
    throw fail(folder ?? ".", "no folder", "one with a program or manifests", undefined, exitCodes.usage);
  return dir;
}

/** What a folder holds, and its verdict. */
async function judgedIn(
  dir: string,
  tier: Tier,
  { stack, json }: InitOptions,
): Promise<{ found: Detected; verdict: Verdict }> {
  const found = detect(dir);
  let verdict!: Verdict;
  const judge = async () => (verdict = await judgeDetected(dir, found, tier, stack)).verdict;
  await runSteps([{ title: `judge ${found.what}`, run: judge }], json);
  return { found, verdict };
}

/** `greenlight init`: takes up an existing project: what is there, its settings, its CI, and a first verdict. Overwrites nothing. */
export async function init(folder: string | undefined, options: InitOptions): Promise<number> {
  const dir = folderOf(folder);
  const tier = options.tier ?? "production";
  if (!isTier(tier)) throw fail("--tier", `"${tier}"`, `one of ${tiers.join(", ")}`, undefined, exitCodes.usage);
  const asked = options.ci as (typeof providers)[number] | undefined;
  if (asked !== undefined && !providers.includes(asked))
    throw fail("--ci", `"${asked}"`, `one of ${providers.join(", ")}`, undefined, exitCodes.usage);
  const { found, verdict } = await judgedIn(dir, tier, options);
  const ci = asked ?? found.ci;
  const project: CiProject = { check: checkLine(found, tier), branch: found.branch };
  const files: [string, string, number?][] = [
    [settingsFile, settingsText(found, tier)],
    [baselineFile, `${JSON.stringify(currentBaseline(verdict.findings), null, 2)}\n`],
    ...(ci === "none" ? [] : [[ciPaths.shell, ciScript(project), 0o755] as [string, string, number]]),
    ...(ci === "github" ? [[ciPaths.github, githubWorkflow(project)] as [string, string]] : []),
    ...(ci === "gitlab" ? [[ciPaths.gitlab, gitlabPipeline(project)] as [string, string]] : []),
  ];
  const written: string[] = [];
  const kept: string[] = [];
  for (const [name, text, mode] of files) {
    const file = path.join(dir, name);
    if (fs.existsSync(file)) {
      kept.push(name);
      continue;
    }
    if (!options.dryRun) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      // `wx`: what came there in between is left alone too.
      fs.writeFileSync(file, text, { flag: "wx", ...(mode === undefined ? {} : { mode }) });
    }
    written.push(name);
  }
  if (options.json)
    printJson({ schema: "greenlight.init/1", detected: found, written: options.dryRun ? [] : written, kept, verdict });
  else {
    console.log(toTerminal(verdict, hasColour()));
    console.log(`found: ${found.what}`);
    for (const name of written) console.log(`${options.dryRun ? "would write" : "wrote"}: ${name}`);
    for (const name of kept) console.log(`left as it is: ${name}`);
    console.log(
      verdict.findings.length > 0
        ? `next: \`greenlight explain ${verdict.findings[0]!.rule}\` says why the first is asked for, and how to mend it`
        : "next: commit what was written",
    );
  }
  return exitCodes.GO;
}

const settingsText = (
  { what }: Detected,
  tier: string,
): string => `# How this repository is judged and looked through before a release. Found here: ${what}.
tier: ${tier}
scan:
  # Advisories in OSV's format, refreshed by whoever scans.
  advisories: .greenlight/advisories
`;

/** `greenlight upgrade`: what would newly fail under the catalogue that is installed; accepted, it is the new measure. */
export async function upgrade(folder: string | undefined, options: InitOptions): Promise<number> {
  const dir = folderOf(folder);
  const before = readBaseline(dir);
  const tier = readSettings(dir).tier ?? "production";
  const { verdict } = await judgedIn(dir, tier, options);
  const change = compare(before, verdict.findings);
  if (options.accept)
    fs.writeFileSync(path.join(dir, baselineFile), `${JSON.stringify(currentBaseline(verdict.findings), null, 2)}\n`);
  if (options.json) printJson({ schema: "greenlight.upgrade/1", ...change, accepted: options.accept === true });
  else {
    const list = (what: string, ids: string[]) => (ids.length > 0 ? [`${what}: ${ids.join(" ")}`] : []);
    const lines = [
      `${change.newly.length === 0 ? "nothing newly fails" : `${change.newly.length} newly fail`}  catalogue ${change.from.slice(0, 12)} → ${change.to.slice(0, 12)}${change.from === change.to ? " (the same)" : ""}`,
      ...change.newly.map(
        ({ finding, because }) => `${because.padEnd(20)} ${finding.severity.padEnd(8)} ${finding.message}`,
      ),
      ...list("new rules", change.added),
      ...list("changed rules", change.changed),
      ...list("rules that went", change.removed),
      ...(change.resolved.length > 0 ? [`no longer found: ${change.resolved.length}`] : []),
      options.accept
        ? `accepted: ${baselineFile} holds it now`
        : "next: mend what newly fails, then `greenlight upgrade --accept`",
    ];
    console.log(lines.join("\n"));
  }
  return change.newly.length === 0 || options.accept ? exitCodes.GO : exitCodes["NO-GO"];
}
