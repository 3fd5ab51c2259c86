import * as fs from "node:fs";
import * as path from "node:path";
import { canonicalJson } from "../model/canonical";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import type { ReleaseRecord } from "../model/release-record";
import { releaseMarkdown, rollbackPlaybook } from "../readiness/report/release";
import { writeWhole } from "../release/command";
import { Journal } from "../release/journal";
import type { Plan } from "../release/plan";
import type { Made, Statement } from "../release/record/made";
import type { ReleaseSettings, Settings } from "../release/settings";
import { readSettings, settingsFile } from "../release/settings";

/** What the commands of a release are told. */
export interface ReleaseOptions {
  repository?: string;
  at?: string;
  again?: boolean;
  force?: string;
  reason?: string;
  by?: string;
  state?: string[];
  out?: string;
  stack?: string;
  evidence?: string;
  json?: boolean;
}

/** A command that cannot be carried out as it was typed. */
export const usage = (where: string, found: string, needed: string, fix?: string) =>
  fail(where, found, needed, fix, exitCodes.usage);

/** A repository and its settings; they have to say how a version is released. */
export function settled({ repository = "." }: ReleaseOptions): {
  repository: string;
  settings: Settings & { release: ReleaseSettings };
} {
  const full = path.resolve(repository);
  const settings = readSettings(full);
  if (!settings.release)
    throw usage(
      `${settingsFile}: release`,
      "missing",
      "how a version is released",
      "docs/operations/release.md shows one.",
    );
  return { repository: full, settings: { ...settings, release: settings.release } };
}

/** Leaves the record and the playbook in a folder. */
export function writeRecord(folder: string, made: ReleaseRecord, { commands }: ReleaseSettings): void {
  writeWhole(path.join(folder, "rollback-playbook.json"), `${canonicalJson(rollbackPlaybook(made, commands), 2)}\n`);
  writeWhole(path.join(folder, "record.json"), `${canonicalJson(made, 2)}\n`);
  writeWhole(path.join(folder, "record.md"), `${releaseMarkdown(made)}\n`);
}

/** Reads what an attempt left. */
export function madeOf(repository: string, settings: Settings & { release: ReleaseSettings }, dir: string): Made {
  const read = <T>(name: string): T | undefined => {
    const file = path.join(dir, name);
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as T) : undefined;
  };
  const planned = read<Plan>("plan.json");
  if (!planned) throw usage(dir, "without a plan", "a release that was started");
  const statements = path.join(dir, "statements.jsonl");
  const made: Made = {
    ...{ repository, settings, plan: planned, dir, lines: new Journal(dir, Date.now).lines },
    statements: fs.existsSync(statements)
      ? fs
          .readFileSync(statements, "utf8")
          .split("\n")
          .filter(Boolean)
          .map(line => JSON.parse(line) as Statement)
      : [],
  };
  for (const name of ["scan", "builds", "api"] as const) {
    const report = read<never>(`gate-${name}.json`);
    if (report) made[name] = report;
  }
  return made;
}
