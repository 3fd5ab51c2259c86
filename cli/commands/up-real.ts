import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import { allowedAccounts, judgedTier, targetTier } from "../../policies/engine/target";
import type { Permission } from "../../policies/permission";
import { permissionFor } from "../../policies/permission";
import { programDigest } from "../../policies/program";
import { historyFile } from "../../policies/releases";
import { appendVerdict } from "../../readiness/ledger";
import { overriddenText } from "../../readiness/overridden";
import { readMigrations } from "../../stacks/migrations";
import { gatheredDir } from "../gathered";
import { linesOf } from "../decide";
import { messageOf } from "../history";
import { printJson, printVerdict } from "../output";
import { runSteps } from "../progress";
import type { Project } from "../project";
import { notAllowed, realTarget } from "../real-target";
import { packDigest } from "../signing";
import type { Prepared } from "./prepare";
import { prepareAndJudge } from "./preview";
import { passportFile, passportToGoBackTo } from "../roll-back";
import type { UpOptions } from "./up";
import { changesText, update } from "./up";

/**
 * `greenlight up` above tier `local`: the permission first (a passport, the one of the release before, or an override), then a preview with
 * the engine and the evidence of today, judged; only what it allows is deployed, held to that preview's plan. Guard and pack ask for
 * the permission again.
 */
export async function upReal(
  project: Project,
  options: UpOptions,
  { tier, config }: { tier: Tier; config: Record<string, unknown> },
): Promise<number> {
  const { stack, json } = options;
  const evidence = options.evidence ?? gatheredDir(stack);
  const back = options.rollback ? passportToGoBackTo(stack) : {};
  const judgedAs = judgedTier(tier, targetTier(allowedAccounts(config["aws:allowedAccountIds"])));
  // What was gathered since says nothing of what is gone back to.
  const held = options.rollback ? undefined : evidence;
  const permission = permissionOf(project, { stack, tier: judgedAs, evidence: held, env: { ...process.env, ...back } });
  const { override, passport, rollbackTo } = permission;
  const prepared: Prepared = { toolchain: {}, env: {}, recovered: [] };
  const started = Date.now();
  const judged = await prepareAndJudge(
    prepared,
    { project, stack, permission, env: back, ...realTarget(project, stack, evidence) },
    json,
  );
  const report = path.relative(process.cwd(), judged.report) || judged.report;
  const told = judged.decision ? linesOf(judged.decision) : [];
  const reasons = notAllowed(judged, permission);
  if (reasons.length > 0) {
    const lines = [
      ...told,
      ...reasons.map(one => `not deployed: ${one}`),
      `report: ${report}`,
      "Nothing was deployed.",
    ];
    printVerdict(judged.verdict, {
      json,
      lines,
      next: "correct what is named above, preview and have it signed for again",
    });
    return exitCodes[judged.verdict.verdict] || exitCodes.INCONCLUSIVE;
  }
  appendVerdict(path.join(root, "ledger"), judged.verdict);
  let changes: Record<string, number> = {};
  const deploy = async (say: (text: string) => void): Promise<string> => {
    changes = await update(project.dir, stack, prepared, {
      plan: judged.plan,
      message: messageOf(permission, judged.history?.owed),
      say,
    });
    return changesText(changes);
  };
  await runSteps([{ title: "Deploy", run: deploy }], json);
  const seconds = Math.round((Date.now() - started) / 1000);
  if (passport) keepRelease(project, stack, permission, changes);
  if (json) printJson({ ...judged.verdict, deployed: { changes, seconds, report, provider: prepared.provider } });
  else
    printVerdict(judged.verdict, {
      lines: [
        ...told,
        `deployed ${stack}: ${changesText(changes)}`,
        ...(passport
          ? [
              `${rollbackTo === undefined ? "" : `ROLLBACK to the release of ${rollbackTo}: `}passport of ${passport.predicate.at}, commit ${passport.predicate.commit.slice(0, 12)}, valid until ${passport.predicate.expires}`,
            ]
          : [overriddenText(judged.verdict.overridden)!]),
        `providers: ${prepared.provider}`,
        `report: ${report}   took ${seconds} s`,
      ],
      next: override
        ? `review ${override.predicate.incident} and state it (docs/passport.md): the next release is NO-GO without`
        : `\`greenlight audit\` judges what the cluster holds from now on`,
    });
  return exitCodes[judged.verdict.verdict];
}

/** The permission of this update, if it holds; nothing is made ready for one that does not. */
function permissionOf(
  project: Project,
  { stack, tier, evidence, env }: { stack: string; tier: Tier; evidence: string | undefined; env: NodeJS.ProcessEnv },
): Permission {
  const { name } = project;
  const asked = {
    ...{ project: name, stack, tier, root, pack: packDigest() },
    program: () => programDigest(root),
    nowMs: Date.now(),
  };
  const permission = permissionFor(asked, env, evidence);
  const { tampered, lacking } = permission;
  if (tampered.length + lacking.length === 0) return permission;
  throw fail(
    `stack ${stack} of tier ${tier}`,
    `not allowed (${[...tampered, ...lacking].slice(0, 10).join("; ")})`,
    "a passport that holds (GREENLIGHT_PASSPORT), signed by keys of the trust root (GREENLIGHT_TRUST)",
    `Nothing was done. \`greenlight preview --stack ${stack}\`, then \`greenlight sign --stack ${stack} --key FILE\` by three roles.`,
    tampered.length > 0 ? exitCodes.TAMPERED : exitCodes.INCONCLUSIVE,
  );
}

/** One line for each deployment, and its passport: what a rollback goes back to, and from when post-launch actions are counted. */
function keepRelease(
  project: Project,
  stack: string,
  { passport, document, file, rollbackTo }: Permission,
  changes: Record<string, number>,
): void {
  const { commit, verdict } = passport!.predicate;
  const irreversible = readMigrations(project.stackDir, stack)
    .filter(one => !one.reversible)
    .map(one => one.id);
  const dir = path.join(root, "ledger");
  fs.mkdirSync(path.join(dir, "passports"), { recursive: true });
  const kept = passportFile(document!);
  if (!fs.existsSync(kept)) fs.copyFileSync(file!, kept);
  const line = {
    at: new Date().toISOString(),
    ...{ commit, passport: document!, verdict, changes },
    ...(irreversible.length > 0 ? { irreversible } : {}),
    ...(rollbackTo === undefined ? {} : { rollback: true }),
  };
  fs.appendFileSync(historyFile(dir, stack, ".releases"), `${JSON.stringify(line)}\n`);
}
