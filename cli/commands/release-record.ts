import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { canonicalJson, sha256 } from "../../model/canonical";
import type { Evidence, EvidenceKind } from "../../model/evidence";
import { exitCodes } from "../../model/outcome";
import type { ReleaseRecord } from "../../model/release-record";
import { Journal, lastAttempt, releaseDir } from "../../release/journal";
import type { Plan } from "../../release/plan";
import type { Statement } from "../../release/record/made";
import { statable } from "../../release/record/made";
import { recordOf } from "../../release/record/record";
import type { ReleaseSettings } from "../../release/settings";
import { printJson } from "../output";
import type { ReleaseOptions } from "../release-files";
import { madeOf, settled, usage, writeRecord } from "../release-files";

/** `greenlight release status`: where a release is. */
export function status(version: string | undefined, options: ReleaseOptions): number {
  const { repository, settings } = settled(options);
  const top = path.dirname(releaseDir(repository, "any"));
  const names = fs.existsSync(top) ? fs.readdirSync(top).filter(one => lastAttempt(path.join(top, one)) > 0) : [];
  const at = (name: string) => fs.statSync(path.join(top, name, String(lastAttempt(path.join(top, name))))).mtimeMs;
  const wanted = version ?? names.sort((a, b) => at(a) - at(b)).at(-1);
  if (wanted === undefined || !names.includes(wanted))
    throw usage(
      version ?? "release",
      "never started here",
      names.length > 0 ? `one of ${names.join(", ")}` : "`greenlight release start <version>`",
    );
  const dir = path.join(top, wanted, String(lastAttempt(path.join(top, wanted))));
  const made = recordOf(madeOf(repository, settings, dir));
  const { lines } = new Journal(dir, Date.now);
  if (options.json)
    printJson({
      schema: "greenlight.release-status/1",
      version: wanted,
      attempt: made.attempt,
      outcome: made.outcome,
      lines,
    });
  else {
    console.log(
      `${made.outcome.toUpperCase()}  ${made.service} ${wanted}, attempt ${made.attempt}, since ${made.started}`,
    );
    for (const one of made.log.slice(-8)) console.log(`${one.time}  ${one.component}: ${one.message}`);
    console.log(
      `next: ${made.outcome === "under way" ? `\`greenlight release start ${wanted}\` goes on, if nothing does` : `\`greenlight release record ${wanted}\``}`,
    );
  }
  return exitCodes.GO;
}

/** `greenlight release record`: the record, completed by what people state. */
export function record(version: string, options: ReleaseOptions): number {
  const { repository, settings } = settled(options);
  const top = releaseDir(repository, version);
  const dir = path.join(top, String(lastAttempt(top)));
  if (!fs.existsSync(path.join(dir, "plan.json")))
    throw usage(version, "never started here", "`greenlight release start`");
  for (const one of options.state ?? []) {
    const [id = "", ...rest] = one.split("=");
    const text = rest.join("=").trim();
    if (!(id in statable) || text === "")
      throw usage(`--state ${one}`, "not a statement", `one of ${Object.keys(statable).join(", ")}, as id=text`);
    const line: Statement = { id, text, by: options.by ?? os.userInfo().username, at: new Date().toISOString() };
    fs.appendFileSync(path.join(dir, "statements.jsonl"), `${JSON.stringify(line)}\n`);
  }
  const input = madeOf(repository, settings, dir);
  const { plan: planned } = input;
  const made = recordOf(input);
  const out = options.out ?? dir;
  writeRecord(out, made, settings.release);
  if (options.evidence && options.stack) {
    fs.mkdirSync(options.evidence, { recursive: true });
    for (const one of recordEvidence(made, planned, settings.release, options.stack))
      fs.writeFileSync(
        path.join(options.evidence, `release-${one.kind.replace(/ /g, "-")}.json`),
        `${canonicalJson(one, 2)}\n`,
      );
  }
  if (options.json) printJson(made);
  else {
    const open = Object.values(made.checklists).flatMap(list => list.points.filter(one => one.state === "open"));
    console.log(`${made.outcome.toUpperCase()}  ${made.service} ${version}  ${made.conclusion}`);
    for (const one of open) console.log(`open: ${one.title}: ${one.from} (${one.id})`);
    console.log(
      `next: ${open.length > 0 ? `\`greenlight release record ${version} --state ${open[0]!.id}="…"\`` : path.join(out, "record.md")}`,
    );
  }
  return exitCodes.GO;
}

/**
 * What a release shows of the items that ask for it: that it was approved, that migrations fit, how it rolled out. One
 * against processes of a machine is a rehearsal, unless the settings say that commands reach a cluster.
 */
function recordEvidence(made: ReleaseRecord, plan: Plan, { target }: ReleaseSettings, stack: string): Evidence[] {
  const evidence = (
    kind: EvidenceKind,
    where: Evidence["environment"]["kind"],
    succeeded: boolean,
    samples: number,
  ) => ({
    schema: "greenlight.evidence/1" as const,
    ...{ kind, started: made.started, ended: made.ended },
    subject: { stack, commit: made.identity.commit.sha },
    environment: { name: stack, kind: where },
    engines: { "greenlight release": "0.1.0" },
    config: sha256(canonicalJson(made.identity)),
    nonce: randomBytes(16).toString("hex"),
    facts: [{ name: "succeeded", value: succeeded, samples }],
  });
  const state = (id: string) => plan.checks.find(one => one.id === id)!.state;
  const looks = made.rollout.stages.reduce((sum, one) => sum + one.looks, 0);
  return [
    evidence("change record", "repository", state("approval") === "met" && state("merged") === "met", 1),
    ...(state("migrations") === "not applicable"
      ? []
      : [evidence("migration check", "repository", state("migrations") === "met", 1)]),
    evidence("rollout record", target ?? "processes", made.outcome === "released", looks),
  ];
}
