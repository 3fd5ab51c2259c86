import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { AdmissionPolicy } from "../model/admission";
import { canonicalJson, sha256 } from "../model/canonical";
import { withoutStack } from "../model/faults";
import { evidenceDir } from "./engine/evidence-file";
import type { Answer, Receipt } from "./engine/seal";
import { allowedAccounts, judgedTier, targetTier } from "./engine/target";
import type { Permission } from "./permission";
import { permissionFor } from "./permission";
import { programDigest, programFiles } from "./program";
import { answerOf, leaveChallenge, readJson, receiptFile, receiptMs, sealType } from "./engine/seal";

/**
 * The program's side of the gate (decision 4): it registers nothing until the pack of this checkout, unedited and with
 * its own config, has proved in this very run that it is judging. Nothing here is a matter of configuration.
 */

const root = path.resolve(__dirname, "..", "..");
const policiesDir = path.join(root, "policies");

export interface PackLock {
  /** SHA-256 of policies/bin/index.js as `npm run build` makes it. */
  bundle: string;
  /** SHA-256 of policies/config.json. */
  config: string;
  /** SHA-256 of policies/bin/admission.json, made by the same build. */
  admission: string;
}

const howTo =
  'Nothing was registered. Run `greenlight up` or `greenlight preview`, or plain pulumi in the shell of `eval "$(npx greenlight env)"`.';

const refuse = (reason: string): pulumi.RunError =>
  withoutStack(new pulumi.RunError(`The readiness gate is not in force: ${reason}\n${howTo}`));

class Seal extends pulumi.ComponentResource {
  /** @param overridden incident and document that let this update through; it stays in the state until the next update without one */
  constructor(fingerprint: string, overridden?: string) {
    super(sealType, "gate", { fingerprint, ...(overridden === undefined ? {} : { overridden }) });
    this.registerOutputs({});
  }
}

/**
 * Resolves when the gate is in force, with what the API server is to refuse by the same rules; otherwise the program
 * ends with the reason before it registered anything.
 */
export async function guard(): Promise<{ admission: AdmissionPolicy[] }> {
  const lock = checkPack();
  const fingerprint = fingerprintOf(lock);
  const [dir, stack] = [evidenceDir(policiesDir), pulumi.getStack()];
  const isUpdate = !pulumi.runtime.isDryRun();
  const permission = checkPermission(lock, isUpdate);
  const receipt = isUpdate ? checkReceipt(dir, stack, fingerprint) : undefined;
  await shakeHands(dir, stack, { fingerprint, ...overriddenBy(permission) }, lock);
  // Used up: the next update needs a preview of its own.
  if (receipt) fs.rmSync(receipt, { force: true });
  return { admission: readJson<AdmissionPolicy[]>(path.join(policiesDir, "bin", "admission.json"))! };
}

/** The pack and its config must be this checkout's, byte for byte what pack.lock says. */
function checkPack(): PackLock {
  const { PULUMI_OPTION_POLICY_PACK: pack, PULUMI_OPTION_POLICY_PACK_CONFIG: config } = process.env;
  if (!pack) throw refuse("PULUMI_OPTION_POLICY_PACK is not set; need this checkout's policies folder.");
  if (!samePath(pack, policiesDir)) throw refuse(`PULUMI_OPTION_POLICY_PACK is ${pack}; need ${policiesDir}.`);
  const configFile = path.join(policiesDir, "config.json");
  if (!config || !samePath(config, configFile))
    throw refuse(`PULUMI_OPTION_POLICY_PACK_CONFIG is ${config ?? "not set"}; need ${configFile}.`);
  const lock = readJson<PackLock>(path.join(policiesDir, "pack.lock"));
  if (!lock) throw refuse("policies/pack.lock is missing or unreadable; restore it from git.");
  for (const [file, wanted] of [
    ["bin/index.js", lock.bundle],
    ["config.json", lock.config],
    ["bin/admission.json", lock.admission],
  ] as const) {
    const found = hashOf(path.join(policiesDir, file));
    if (found !== wanted)
      throw refuse(
        `policies/${file} is ${found ? `of SHA-256 ${found.slice(0, 12)}…` : "missing"}; need ${wanted.slice(0, 12)}…, as policies/pack.lock says. ` +
          "Run `npm run build`; a rule that was changed on purpose is locked with `npm run fix` and reviewed.",
      );
  }
  return lock;
}

/** AWS accounts that the stack may reach. */
const accounts = (): string[] => allowedAccounts(new pulumi.Config("aws").get("allowedAccountIds"));

const samePath = (a: string, b: string): boolean => fs.existsSync(a) && fs.realpathSync(a) === fs.realpathSync(b);

const hashOf = (file: string): string | undefined => (fs.existsSync(file) ? sha256(fs.readFileSync(file)) : undefined);

/** One word for what is about to be deployed and where: program, config, pack, target. Any change changes it. */
function fingerprintOf(lock: PackLock): string {
  return sha256(
    canonicalJson({
      project: pulumi.getProject(),
      stack: pulumi.getStack(),
      target: targetTier(accounts()),
      lock,
      program: programFiles(root),
      config: pulumi.runtime.allConfig(),
    }),
  );
}

/** Above tier local an update needs what people signed for, and it has to be what they signed. A preview may go on without. */
function checkPermission({ bundle }: PackLock, isUpdate: boolean): Permission {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const permission = permissionFor({
    ...{ project, stack, root },
    tier: judgedTier(new pulumi.Config(project).get("tier"), targetTier(accounts())),
    pack: bundle,
    program: () => programDigest(root),
    nowMs: Date.now(),
  });
  const faults = [...permission.tampered, ...permission.lacking];
  if (isUpdate && faults.length > 0) throw refuse(`no passport allows this update: ${faults.slice(0, 20).join("; ")}.`);
  return permission;
}

/** What the Seal says of an override, so that the stack's state holds it whoever ran the update. */
const overriddenBy = ({ override, document, tampered, lacking }: Permission): { overridden?: string } =>
  override && tampered.length + lacking.length === 0
    ? { overridden: `${override.predicate.incident} ${document}` }
    : {};

/** An update needs a preview of the same fingerprint that found nothing blocking. Gives the receipt's file. */
function checkReceipt(dir: string, stack: string, fingerprint: string): string {
  const file = receiptFile(dir, stack, fingerprint);
  const receipt = readJson<Receipt>(file);
  if (!receipt)
    throw refuse("there was no preview of exactly this program and config; an update without one is not judged.");
  if (receipt.blocking > 0) throw refuse(`its preview found ${receipt.blocking} results that block.`);
  if (!(Date.now() - Date.parse(receipt.at) < receiptMs))
    throw refuse(`its preview was at ${receipt.at}; need one within the last hour.`);
  return file;
}

async function shakeHands(
  dir: string,
  stack: string,
  { fingerprint, overridden }: { fingerprint: string; overridden?: string },
  lock: PackLock,
): Promise<void> {
  const nonce = randomBytes(16).toString("hex");
  const challenge = leaveChallenge(dir, stack, { nonce, fingerprint });
  try {
    const seal = new Seal(fingerprint, overridden);
    // The engine has the Seal judged before it answers; so when its URN is known, the pack has spoken or never will.
    await new Promise(resolve => seal.urn.apply(resolve));
    const answer = readJson<Answer>(answerOf(challenge));
    if (answer?.nonce !== nonce || answer.fingerprint !== fingerprint)
      throw refuse(
        "the pack did not answer. It is disabled, another pack took its place, or this run leaves the gate out (`--exclude`).",
      );
    if (answer.bundle !== lock.bundle) throw refuse("the pack that answered is not the one in policies/pack.lock.");
  } finally {
    for (const file of [challenge, answerOf(challenge)]) fs.rmSync(file, { force: true });
  }
}
