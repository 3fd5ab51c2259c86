import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import { isTier, tiers } from "../../model/tier";
import type { Verdict } from "../../model/verdict";
import { root } from "../../local/state";
import { readStackFile, stackNames } from "../../stacks/files";
import { complete } from "../../stacks/load";
import { checkManifests, checkProgram } from "../in-process/check";
import { printVerdict } from "../output";
import type { Project } from "../project";
import { hasProject, readProject } from "../project";
import { ownConfig } from "./up";

export interface CheckOptions {
  stack?: string;
  tier?: string;
  json?: boolean;
}

/** `greenlight check`: judges a stack, a program or manifests in-process, in seconds. */
export async function check(place: string | undefined, options: CheckOptions): Promise<number> {
  const verdict = await checked(place, options);
  const next =
    verdict.verdict === "GO"
      ? "`greenlight up`"
      : "correct what is named above and run the same again; `greenlight rules` says why each rule is there";
  return printVerdict(verdict, { json: options.json, next });
}

async function checked(place: string | undefined, options: CheckOptions): Promise<Verdict> {
  const dir = place ? path.resolve(place) : root;
  if (!fs.existsSync(dir))
    throw fail(place!, "not there", "a folder with a Pulumi.yaml, or manifests", undefined, exitCodes.usage);
  if (!fs.statSync(dir).isDirectory() || !hasProject(dir)) return checkManifests(dir, tierOf(options.tier));
  if (options.tier)
    throw fail(
      "--tier",
      "given for a program",
      "no tier",
      "A program is judged at the tier its stack declares, else as production.",
      exitCodes.usage,
    );
  const project = readProject(dir);
  const { stack, config } = stackOf(project, options.stack);
  return checkProgram(project, stack, config);
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
  if (project.dir === root) complete(ownConfig(config, project.name), stack, project.stackDir);
  return { stack, config };
}

function tierOf(text: string | undefined): Tier {
  if (text === undefined) return "production";
  if (isTier(text)) return text;
  throw fail("--tier", `"${text}"`, `one of ${tiers.join(", ")}`, undefined, exitCodes.usage);
}
