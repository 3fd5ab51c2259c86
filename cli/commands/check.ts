import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import { isTier, tiers } from "../../model/tier";
import { root } from "../../local/state";
import { shownFindings } from "../../readiness/report/terminal";
import { writeInto } from "../../readiness/report/write";
import { readWaivers } from "../../stacks/waivers";
import type { Waiver } from "../../model/waiver";
import { ownConfig, readStackFile, stackNames } from "../../stacks/files";
import { complete } from "../../stacks/complete";
import type { AnyRule } from "../../policies/engine/rule";
import { rules } from "../../policies/rules/catalogue";
import type { Verdict } from "../../model/verdict";
import type { Asked } from "../in-process/check";
import { checkManifests, checkProgram, checkState } from "../in-process/check";
import { printVerdict } from "../output";
import type { Project } from "../project";
import { hasProject, readProject } from "../project";

export interface CheckOptions {
  stack?: string;
  tier?: string;
  /** Groups, ids or slugs of rules; all rules where none is named. */
  only?: string[];
  /** An exported state instead of anything else. */
  state?: string;
  /** A file of waivers, for manifests and states; a stack has its own. */
  waivers?: string;
  /** A folder for the reports in every format. */
  report?: string;
  json?: boolean;
}

/** `greenlight check`: judges a stack, a program, manifests or an exported state in-process, in seconds. */
export async function check(named: string[], given: CheckOptions): Promise<number> {
  const { places, options } = apart(named, given);
  const project = projectAt(places, options);
  if (project) {
    const { stack, config } = stackOf(project, options.stack);
    const verdict = await checkProgram(project, stack, config);
    const next = verdict.verdict === "GO" ? "`greenlight up`" : again;
    if (options.report) writeInto(options.report, verdict, rules);
    return printVerdict(verdict, { json: options.json, next });
  }
  const question = asked(options);
  const lines = options.json || options.report ? Infinity : shownFindings;
  const verdict = options.state ? checkState(options.state, question) : checkManifests(places, question, lines);
  if (options.report) writeInto(options.report, verdict, rules);
  return reportObjects(verdict, options, "`npx greenlight check --stack local`");
}

/** The tier, rules and waivers that objects are judged by. */
export const asked = ({ tier, only, waivers }: Pick<CheckOptions, "tier" | "only" | "waivers">): Asked => ({
  tier: tierOf(tier),
  asking: rulesNamed(only),
  waivers: waiversIn(waivers),
});

/** Prints what was found in objects that are no deployment, which is never GO: only what is violated counts. */
export function reportObjects(verdict: Verdict, { json }: { json?: boolean }, next: string): number {
  const violated = verdict.findings.some(finding => finding.state === "not met");
  const open = verdict.findings.some(finding => finding.state === "unverifiable");
  const waived = verdict.findings.filter(finding => finding.state === "waived").length;
  const rest = open ? "; something cannot be told" : waived > 0 ? `; ${waived} findings are waived` : "";
  const lines = violated ? [] : [`Nothing is violated${rest}.`];
  printVerdict(verdict, { json, lines, next: violated || open ? again : next });
  return violated ? exitCodes["NO-GO"] : open ? exitCodes.INCONCLUSIVE : exitCodes.GO;
}

/** `--only` takes all words that follow; those that are no rules but places are meant as places. */
function apart(places: string[], options: CheckOptions): { places: string[]; options: CheckOptions } {
  const isPlace = (word: string) => !isRule(word) && (word === "-" || isThere(word));
  const only = options.only?.filter(word => !isPlace(word));
  return {
    places: [...places, ...(options.only ?? []).filter(isPlace)],
    options: { ...options, ...(only ? { only } : {}) },
  };
}

function waiversIn(file: string | undefined): Waiver[] {
  if (file !== undefined && !fs.existsSync(file))
    throw fail(
      `--waivers ${file}`,
      "not there",
      "a file such as stacks/staging/waivers.yaml",
      undefined,
      exitCodes.usage,
    );
  return file === undefined ? [] : readWaivers(file);
}

const again = "correct what is named above and run the same again; `greenlight rules` says why each rule is there";

/** The program to run, unless manifests or a state are asked about. */
function projectAt(places: string[], options: CheckOptions): Project | undefined {
  if (options.state) {
    if (places.length > 0)
      throw fail("--state", "given beside other places", "one of them", undefined, exitCodes.usage);
    return undefined;
  }
  for (const place of places)
    if (place !== "-" && !isThere(place))
      throw fail(place, "not there", "a folder with a Pulumi.yaml, or manifests", undefined, exitCodes.usage);
  const dir = places.length === 0 ? root : path.resolve(places[0]!);
  if (places.length > 1 || places[0] === "-" || !isFolder(dir) || !hasProject(dir)) return undefined;
  for (const [name, given] of [
    ["--tier", options.tier],
    ["--only", options.only],
    ["--waivers", options.waivers],
  ] as const)
    if (given)
      throw fail(
        name,
        "given for a program",
        "manifests or a state",
        "A program is judged by all rules, at the tier and with the waivers of its stack.",
        exitCodes.usage,
      );
  return readProject(dir);
}

/** Whether something stands there; a link that leads nowhere or in circles does, and is refused when it is read. */
const isThere = (place: string): boolean => fs.lstatSync(place, { throwIfNoEntry: false }) !== undefined;

function isFolder(place: string): boolean {
  try {
    return fs.statSync(place).isDirectory();
  } catch {
    return false;
  }
}

const fits = (rule: AnyRule, name: string): boolean =>
  rule.groups?.includes(name) || rule.slug === name || rule.id === name.toUpperCase();

const isRule = (word: string): boolean => rules.some(rule => fits(rule, word));

/** Rules by group, id or slug. */
function rulesNamed(names: string[] | undefined): readonly AnyRule[] {
  if (!names) return rules;
  const groups = [...new Set(rules.flatMap(rule => rule.groups ?? []))];
  for (const name of names)
    if (!isRule(name))
      throw fail(
        `--only ${name}`,
        "no rule and no group",
        `a rule's id or slug, or one of ${groups.join(", ")}`,
        "`greenlight rules` lists them.",
        exitCodes.usage,
      );
  return rules.filter(rule => names.some(name => fits(rule, name)));
}

/** The stack asked for, or the only one there is; a project without any is judged without config. */
export function stackOf(
  project: Project,
  asked: string | undefined,
): { stack: string; config: Record<string, unknown> } {
  const names = stackNames(project.stackDir);
  const stack = asked ?? (names.includes("local") ? "local" : names.length === 1 ? names[0]! : undefined);
  if (stack === undefined && names.length > 0)
    throw fail("the stack", "not named", `one of ${names.join(", ")}`, "Name it with --stack.", exitCodes.usage);
  if (stack === undefined) return { stack: "dev", config: {} };
  const { config } = readStackFile(project.stackDir, stack);
  // Our own program's config is read strictly before anything runs; the errors name file and key.
  if (project.dir === root) complete(ownConfig(config, project.name), stack, project.stackDir, project.name);
  return { stack, config };
}

function tierOf(text: string | undefined): Tier {
  if (text === undefined) return "production";
  if (isTier(text)) return text;
  throw fail("--tier", `"${text}"`, `one of ${tiers.join(", ")}`, undefined, exitCodes.usage);
}
