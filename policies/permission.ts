import * as fs from "node:fs";
import * as path from "node:path";
import type { Finding } from "../model/finding";
import type { Override } from "./override";
import { verifyOverride } from "./override";
import type { Envelope, Passport, SignerKey } from "./passport";
import { coveredDigest, documentId, verifyPassport } from "./passport";
import { readReleases, releaseOf } from "./releases";

/** What an update is about to do, as guard and pack know it. */
export interface Update {
  project: string;
  stack: string;
  tier: string;
  /** SHA-256 of the pack. */
  pack: string;
  /** Gives SHA-256 over the compiled program; asked only where there is something to compare it with. */
  program: () => string;
  /** The checkout. */
  root: string;
  nowMs: number;
}

/**
 * What allows an update above tier `local`: a passport that holds (`GREENLIGHT_PASSPORT`), the passport of the release before it
 * (`GREENLIGHT_ROLLBACK` set too), or an override (`GREENLIGHT_OVERRIDE`); signed by keys that `GREENLIGHT_TRUST` names (JSON).
 */
export interface Permission {
  /** Why it does not allow the update because something was changed after it was signed. */
  tampered: string[];
  /** Why it does not allow it though nobody changed it. */
  lacking: string[];
  passport?: Passport;
  override?: Override;
  /** Whether the passport is of an earlier release that is gone back to, and when that was deployed first. */
  rollbackTo?: string;
  /** What allows it: its id, and where it lies. */
  document?: string;
  file?: string;
  signedBy?: { name: string; role: string }[];
}

/** What guard and pack find wrong; nothing where the update may go on. */
export function permissionFaults(update: Update, env: NodeJS.ProcessEnv = process.env): string[] {
  const { tampered, lacking } = permissionFor(update, env);
  return [...tampered, ...lacking];
}

/**
 * The permission of an update, with what was changed after it was signed apart from what is only lacking.
 * @param evidence folder of the evidence a passport covers; without it, files of evidence are not hashed again
 */
export function permissionFor(update: Update, env: NodeJS.ProcessEnv = process.env, evidence?: string): Permission {
  if (update.tier === "local") return { tampered: [], lacking: [] };
  const { GREENLIGHT_PASSPORT: passport, GREENLIGHT_OVERRIDE: override, GREENLIGHT_TRUST: trust } = env;
  const file = override ?? passport;
  if (!file || !trust)
    return lacks(
      `${file ? "GREENLIGHT_TRUST" : "GREENLIGHT_PASSPORT"} is not set; above tier local an update needs a signed passport`,
    );
  try {
    const envelope = JSON.parse(fs.readFileSync(file, "utf8")) as Envelope;
    const { keys, revoked } = JSON.parse(fs.readFileSync(trust, "utf8")) as { keys: SignerKey[]; revoked?: string[] };
    const document = documentId(envelope);
    const digestOf = (name: string) => coveredDigest(name, update.root, evidence);
    if (override) {
      const { override: found, lacking, ...rest } = verifyOverride(envelope, keys, update.nowMs, digestOf);
      return { ...rest, override: found, document, file, lacking: [...otherThan(update, found.predicate), ...lacking] };
    }
    // A release that was deployed under it is held to the moment when it was.
    const release = env.GREENLIGHT_ROLLBACK
      ? releaseOf(readReleases(path.join(update.root, "ledger"), update.stack), document)
      : undefined;
    if (release && "fault" in release) return lacks(`this passport allows no rollback: ${release.fault}`);
    const nowMs = release ? Date.parse(release.at) : update.nowMs;
    const { passport: found, lacking, ...rest } = verifyPassport(envelope, keys, nowMs, digestOf);
    const isRevoked = [document, found.predicate.commit].some(one => revoked?.includes(one));
    return {
      ...rest,
      ...{ passport: found, document, file },
      lacking: [...(isRevoked ? ["it was revoked"] : []), ...otherThan(update, found.predicate), ...lacking],
      ...(release ? { rollbackTo: release.at } : {}),
    };
  } catch (error) {
    return lacks(
      `the ${override ? "override" : "passport"} ${file} or the trust root ${trust} cannot be read: ${(error as Error).message}`,
    );
  }
}

const lacks = (reason: string): Permission => ({ tampered: [], lacking: [reason] });

/** What a document speaks of that is not this update. */
function otherThan(
  update: Update,
  { project, stack, tier, digests }: { project: string; stack: string; tier: string; digests: Record<string, string> },
): string[] {
  return [
    ...(project === update.project && stack === update.stack ? [] : [`it is for ${project} / ${stack}`]),
    ...(tier === update.tier ? [] : [`it is for tier ${tier}, not ${update.tier}`]),
    ...(digests?.pack === update.pack ? [] : ["it was made under another pack"]),
    ...(digests?.program === update.program() ? [] : ["the program is compiled otherwise than what was signed for"]),
  ];
}

/** Why the gate lets a finding through, shown with it; undefined where it does not. What is let through stays what it is in the verdict. */
export function letThrough(
  { tampered, lacking, passport, override }: Permission,
  finding: Pick<Finding, "rule" | "resource" | "path">,
): string | undefined {
  if (tampered.length + lacking.length > 0) return undefined;
  // Where a run leads to, and under which exceptions, is nothing that an exception can change.
  if (finding.rule.startsWith("GL-GATE-")) return undefined;
  if (override)
    return override.predicate.resources.includes(finding.resource)
      ? `overridden for ${override.predicate.incident} until ${override.predicate.until}`
      : undefined;
  const isWaived = passport?.predicate.waived?.some(
    one => one.rule === finding.rule && one.resource === finding.resource && one.path === finding.path,
  );
  return isWaived ? "waived, and signed for by three roles" : undefined;
}
