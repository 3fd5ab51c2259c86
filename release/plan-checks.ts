import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import type { Outcome } from "../model/outcome";
import { parseYamlStrictly } from "../model/strict";
import { runCommand } from "./command";
import type { Identity } from "./identity";
import { git } from "./identity";
import type { MigrationCheck } from "./migrations";
import type { Plan } from "./plan";
import type { ReleaseSettings, Settings } from "./settings";
import { insideOf } from "./settings";

/** One thing that has to hold before a version may go out. */
export interface Check {
  id: string;
  title: string;
  state: Outcome;
  /** What was found, in a sentence. */
  found: string;
  /** Where it stands. */
  places: string[];
  requirements: string[];
}

const approvalSchema = z.strictObject({
  version: z.string(),
  /** Commit that was looked at. */
  commit: z.string().regex(/^[0-9a-f]{7,64}$/),
  change: z.string().min(1),
  by: z.string().min(3),
  at: z.iso.datetime(),
});

const check = (
  id: string,
  title: string,
  requirements: string[],
  state: Outcome,
  found: string,
  places: string[] = [],
): Check => ({ id, title, requirements, state, found, places });

export function aboutTag(
  { version, tag, pushed, clean, merged, branch, commit }: Identity,
  { tag: form, phases }: ReleaseSettings,
): Check[] {
  const missing = phases.filter(one => !tag.message.includes(one.id)).map(one => one.id);
  const name = new RegExp(`^(?:${form})$`).test(version);
  const problem = !name
    ? `${version} does not look like ${form}`
    : !tag.exists
      ? `there is no tag ${version}`
      : !tag.annotated
        ? `the tag ${version} has no message: it is not annotated`
        : !tag.atHead
          ? `the tag ${version} is not at ${commit.sha.slice(0, 12)}, which is checked out`
          : missing.length > 0
            ? `the message of the tag does not name ${missing.join(", ")}`
            : undefined;
  return [
    check(
      "tag",
      "An annotated tag names the version and the phases it holds.",
      ["S-108", "S-109", "S-110"],
      problem ? "not met" : "met",
      problem ?? `${version} at ${commit.sha.slice(0, 12)}`,
      [`refs/tags/${version}`],
    ),
    check(
      "pushed",
      "Others can see the tag.",
      ["S-108"],
      pushed === undefined ? "unverifiable" : pushed ? "met" : "not met",
      pushed === undefined ? "no remote answers" : pushed ? "it is at the remote" : `${version} is not at the remote`,
    ),
    check(
      "merged",
      `The commit is merged to ${branch}, with nothing beside it.`,
      ["S-101"],
      clean && merged ? "met" : "not met",
      !clean ? "files are changed beside the commit" : merged ? "it is" : `it is not on ${branch}`,
    ),
  ];
}

export async function aboutPrevious(
  repository: string,
  { earlier }: Identity,
  { commands }: ReleaseSettings,
  previous: string | undefined,
): Promise<Check> {
  const title = "The version before is known, and can be deployed again.";
  const of = (state: Outcome, found: string) => check("previous", title, ["S-094", "S-154"], state, found);
  if (previous === undefined) return of("not met", "no version was tagged before; need one to go back to");
  if (git(repository, "rev-parse", "--verify", `${previous}^{commit}`) === undefined)
    return of("not met", `${previous} has no commit`);
  if (commands.deployable === undefined)
    return of(
      "unverifiable",
      `${previous} of ${earlier.length}; release.commands.deployable does not say whether it can be deployed`,
    );
  const { code, tail } = await runCommand(commands.deployable, {
    ...{ cwd: repository, minutes: 5, environment: { PREVIOUS: previous } },
  });
  return code === 0
    ? of("met", `${previous} can be deployed`)
    : of("not met", `${previous} cannot be deployed: ${tail.at(-1) ?? `code ${code}`}`);
}

export function aboutMigrations(folder: string | undefined, { migrations, findings }: MigrationCheck): Check {
  const title = "Both versions understand the database.";
  const of = (state: Outcome, found: string, places: string[] = []) =>
    check("migrations", title, ["S-157"], state, found, places);
  if (folder === undefined) return of("not applicable", "release.migrations names none");
  if (findings.length === 0)
    return of(
      "met",
      `${migrations.length} new, ${migrations.reduce((sum, one) => sum + one.statements, 0)} statements, each as it is declared`,
    );
  const place = ({ file, line }: { file: string; line: number }) => `${path.posix.join(folder, file)}:${line}`;
  return of("not met", findings.map(one => `${place(one)} ${one.message}`).join("; "), findings.map(place));
}

export function aboutApproval(
  repository: string,
  { version, commit }: Identity,
  { approvals }: ReleaseSettings,
): Check {
  const title = "Somebody other than its author approved the change.";
  const of = (state: Outcome, found: string, places: string[] = []) =>
    check("approval", title, ["S-151"], state, found, places);
  if (approvals === undefined) return of("unverifiable", "release.approvals names no folder");
  const place = path.posix.join(approvals, `${version}.yaml`);
  const file = insideOf(repository, place, "release.approvals");
  if (!fs.existsSync(file)) return of("not met", `${place} is not there`, [place]);
  const {
    by,
    change,
    commit: approved,
    version: named,
    at,
  } = parseYamlStrictly(approvalSchema, fs.readFileSync(file, "utf8"), place);
  // The file is part of the commit it approves the one before of: nothing but approvals may lie between.
  const between = git(repository, "diff", "--name-only", approved, commit.sha, "--", ".", `:(exclude)${approvals}`);
  if (named !== version) return of("not met", `${place} approves ${named}`, [place]);
  if (between === undefined) return of("not met", `${place} approves ${approved}, which is no commit here`, [place]);
  if (between !== "")
    return of(
      "not met",
      `since ${approved.slice(0, 12)}, which was approved, ${between.split("\n").length} files changed (${between.split("\n")[0]})`,
      [place],
    );
  const authors = (git(repository, "log", "--format=%ae%n%an", "-20", approved) ?? "").split("\n");
  if (authors.includes(by)) return of("not met", `${by} wrote it and approved it`, [place]);
  return of("met", `${by} approved ${change} at ${at}`, [place]);
}

const dayMs = 86_400_000;
const budgetSchema = z.strictObject({ left: z.number(), at: z.iso.datetime() });

export function aboutBudget(repository: string, { errorBudget }: ReleaseSettings, nowMs: number): Check {
  const title = "The error budget is not spent: there is no freeze.";
  const of = (state: Outcome, found: string) =>
    check("budget", title, ["S-124"], state, found, errorBudget ? [errorBudget] : []);
  if (errorBudget === undefined) return of("unverifiable", "release.errorBudget names no file");
  const file = insideOf(repository, errorBudget, "release.errorBudget");
  if (!fs.existsSync(file)) return of("unverifiable", `${errorBudget} is not there`);
  const parsed = budgetSchema.safeParse(JSON.parse(fs.readFileSync(file, "utf8")));
  if (!parsed.success)
    return of("unverifiable", `${errorBudget} does not say what is left, and when that was measured`);
  const { left, at } = parsed.data;
  if (Math.abs(nowMs - Date.parse(at)) > dayMs) return of("stale", `measured at ${at}; need it within a day`);
  return left > 0
    ? of("met", `${Math.round(left * 100)} % is left`)
    : of("not met", "it is spent: nothing but repairs of it goes out");
}

export function aboutStages(stages: Plan["stages"]): Check {
  const percents = stages.map(one => one.percent);
  const rises = percents.every((one, index) => index === 0 || one > percents[index - 1]!);
  const problem = !rises
    ? "a stage is not larger than the one before it"
    : percents.at(-1) !== 100
      ? "the last stage is not 100 %"
      : percents[0]! > 25
        ? `the first stage sends ${percents[0]} % of the users; at most 25 % may be hit`
        : undefined;
  return check(
    "stages",
    "Users meet the version step by step, few of them at first.",
    ["S-077", "S-078", "S-079", "S-088"],
    problem ? "not met" : "met",
    problem ?? percents.map(one => `${one} %`).join(", "),
  );
}

export function aboutPeople(repository: string, { people, playbook, guide }: ReleaseSettings): Check[] {
  const files = [playbook, guide].filter(one => one !== undefined);
  const missing = files.filter(one => !fs.existsSync(insideOf(repository, one, "release.playbook")));
  return [
    check(
      "people",
      "Somebody is on call, and teams know.",
      ["S-101", "S-104"],
      "met",
      `${people.onCall}; ${people.teams.join(", ")}`,
    ),
    check(
      "playbook",
      "How to go back is written down.",
      ["S-048", "S-092", "S-093"],
      files.length < 2 ? "unverifiable" : missing.length > 0 ? "not met" : "met",
      files.length < 2
        ? "release.playbook and release.guide do not both name a file"
        : missing.length > 0
          ? `${missing.join(", ")} is not there`
          : files.join(", "),
    ),
  ];
}

export function aboutGates({ builds, api }: Settings): Check {
  const missing = [...(builds ? [] : ["builds"]), ...(api ? [] : ["api"])];
  return check(
    "gates",
    "The three gates are set up: scan, builds, API.",
    ["S-049"],
    missing.length > 0 ? "unverifiable" : "met",
    missing.length > 0 ? `greenlight.yaml says nothing of ${missing.join(", ")}` : "scan, builds, api",
  );
}
