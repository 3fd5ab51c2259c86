import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import { sha256 } from "../../model/canonical";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import { allowedAccounts, judgedTier, targetTier } from "../../policies/engine/target";
import type { Passport } from "../../policies/passport";
import { checkPassport } from "../../policies/passport";
import { programDigest } from "../../policies/program";
import { appendVerdict, fileOf } from "../../readiness/ledger";
import { gatheredDir } from "../gathered";
import { linesOf } from "../decide";
import { printJson, printVerdict } from "../output";
import { runSteps } from "../progress";
import type { Project } from "../project";
import { notAllowed, realTarget } from "../real-target";
import type { Prepared } from "./prepare";
import { prepareAndJudge } from "./preview";
import type { UpOptions } from "./up";
import { changesText, update } from "./up";

/**
 * `greenlight up` above tier `local`: the passport first, then a preview with the engine and the evidence of today, judged; only
 * what is still as good as what was signed for is deployed, held to that preview's plan. Guard and pack ask for the passport again.
 */
export async function upReal(
  project: Project,
  options: UpOptions,
  { tier, config }: { tier: Tier; config: Record<string, unknown> },
): Promise<number> {
  const { stack, json } = options;
  const evidence = options.evidence ?? gatheredDir(stack);
  const passport = passportFor(
    project,
    stack,
    evidence,
    judgedTier(tier, targetTier(allowedAccounts(config["aws:allowedAccountIds"]))),
  );
  const prepared: Prepared = { toolchain: {}, env: {}, recovered: [] };
  const started = Date.now();
  const judged = await prepareAndJudge(prepared, { project, stack, ...realTarget(project, stack, evidence) }, json);
  const report = path.relative(process.cwd(), judged.report) || judged.report;
  const told = judged.decision ? linesOf(judged.decision) : [];
  const reasons = notAllowed(judged.verdict, passport);
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
    changes = await update(project.dir, stack, prepared, judged.plan, say);
    return changesText(changes);
  };
  await runSteps([{ title: "Deploy", run: deploy }], json);
  const seconds = Math.round((Date.now() - started) / 1000);
  keepRelease(stack, passport, changes);
  if (json) printJson({ ...judged.verdict, deployed: { changes, seconds, report, provider: prepared.provider } });
  else
    printVerdict(judged.verdict, {
      lines: [
        ...told,
        `deployed ${stack}: ${changesText(changes)}`,
        `passport of ${passport.predicate.at}, commit ${passport.predicate.commit.slice(0, 12)}, valid until ${passport.predicate.expires}`,
        `providers: ${prepared.provider}`,
        `report: ${report}   took ${seconds} s`,
      ],
      next: `\`greenlight audit\` judges what the cluster holds from now on`,
    });
  return exitCodes[judged.verdict.verdict];
}

/** The passport of this update, if it holds; nothing is made ready for one that does not. */
function passportFor(project: Project, stack: string, evidence: string, tier: Tier): Passport {
  const { name } = project;
  const pack = JSON.parse(fs.readFileSync(path.join(root, "policies", "pack.lock"), "utf8")) as { bundle: string };
  const asked = {
    project: name,
    stack,
    tier,
    pack: pack.bundle,
    program: programDigest(root),
    root,
    nowMs: Date.now(),
  };
  const { passport, tampered, lacking } = checkPassport(asked, process.env, evidence);
  if (passport && tampered.length + lacking.length === 0) return passport;
  throw fail(
    `stack ${stack} of tier ${tier}`,
    `not allowed (${[...tampered, ...lacking].slice(0, 10).join("; ")})`,
    "a passport that holds (GREENLIGHT_PASSPORT), signed by keys of the trust root (GREENLIGHT_TRUST)",
    `Nothing was done. \`greenlight preview --stack ${stack}\`, then \`greenlight sign --stack ${stack} --key FILE\` by three roles.`,
    tampered.length > 0 ? exitCodes.TAMPERED : exitCodes.INCONCLUSIVE,
  );
}

/** One line for each deployment: what `release` and a rollback go back to, and from when post-launch actions are counted. */
function keepRelease(stack: string, { predicate }: Passport, changes: Record<string, number>): void {
  const dir = path.join(root, "ledger");
  fs.mkdirSync(dir, { recursive: true });
  const line = {
    at: new Date().toISOString(),
    commit: predicate.commit,
    passport: sha256(fs.readFileSync(process.env.GREENLIGHT_PASSPORT!)),
    verdict: predicate.verdict,
    changes,
  };
  fs.appendFileSync(fileOf(dir, stack, ".releases"), `${JSON.stringify(line)}\n`);
}
