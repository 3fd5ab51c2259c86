import { createHash, createPublicKey, verify } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Verifying a passport. This file imports nothing but node: guard and pack hold an update to it, and an auditor runs it without
 * anything of ours (`readiness/verify-main.ts`, compiled to `bin/verify.js`).
 */

export const passportType = "https://greenlight.dev/passport/v1";
export const payloadType = "application/vnd.in-toto+json";
/** Who has to sign a release (S-177); three people with three keys. */
export const roles = ["SRE representative", "technical lead", "product manager"] as const;
export type Role = (typeof roles)[number];

/** A key that may sign passports: a name, an ed25519 public key as PEM, and what its owner signs as. */
export interface SignerKey {
  name: string;
  publicKey: string;
  role?: string | undefined;
}

export interface Predicate {
  project: string;
  stack: string;
  tier: string;
  verdict: string;
  reason: string;
  /** When it was judged, and until when it holds, in UTC. */
  at: string;
  expires: string;
  expiresBecause: string;
  commit: string;
  /** Who made the commit, by address; alone they approve nothing. */
  authors: string[];
  /** Items by id, each with its state; waived ones are named. */
  items: Record<string, string>;
  /** SHA-256 of rules and items, of the pack, of what is planned, and of the verdict itself. */
  digests: Record<string, string>;
  versions: Record<string, string>;
  ledger: { sequence: number; previous: string };
}

export interface Passport {
  subject: { name: string; digest: { sha256: string } }[];
  predicate: Predicate;
}

export interface Signature {
  keyid: string;
  sig: string;
}

export interface Envelope {
  payloadType: string;
  payload: string;
  signatures: Signature[];
}

/** The id of a key: SHA-256 of its public part in DER, in hex. */
export const keyId = (publicKey: string): string =>
  createHash("sha256")
    .update(createPublicKey(publicKey).export({ type: "spki", format: "der" }))
    .digest("hex");

/** What DSSE signs: the type and the body, each with its length before it. */
export const preAuthentication = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body]);

export const seal = (passport: Passport): Envelope => ({
  payloadType,
  payload: Buffer.from(
    JSON.stringify({
      _type: "https://in-toto.io/Statement/v1",
      subject: passport.subject,
      predicateType: passportType,
      predicate: passport.predicate,
    }),
  ).toString("base64"),
  signatures: [],
});

/** Reads an envelope's passport; throws an Error in words where it is none. */
export function openEnvelope(envelope: unknown): Passport {
  const { payload, payloadType: type } = (envelope ?? {}) as Partial<Envelope>;
  if (typeof payload !== "string" || type !== payloadType)
    throw new Error("it is no DSSE envelope of an in-toto statement");
  const statement = JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as Passport & {
    predicateType?: string;
  };
  if (statement.predicateType !== passportType) throw new Error(`it is no ${passportType}`);
  if (!Array.isArray(statement.subject) || typeof statement.predicate !== "object") throw new Error("it is not whole");
  return { subject: statement.subject, predicate: statement.predicate };
}

/** What is wrong with a passport, a line each, worst first; nothing where it holds. */
export interface Verification {
  passport: Passport;
  /** Somebody changed something after it was signed. */
  tampered: string[];
  /** It does not hold, though nobody changed it: not enough signatures, or too old. */
  lacking: string[];
  signedBy: { name: string; role: string }[];
}

/**
 * Verifies signatures, roles, time and, where they can be had, the files it covers.
 * @param digestOf SHA-256 of a covered file as it is now; undefined where it is gone, null where nobody can look
 */
export function verifyPassport(
  envelope: Envelope,
  keys: readonly SignerKey[],
  nowMs: number,
  digestOf: (name: string) => string | undefined | null = () => null,
): Verification {
  const passport = openEnvelope(envelope);
  const tampered: string[] = [];
  const lacking: string[] = [];
  const body = Buffer.from(envelope.payload, "base64");
  const signedBy: Verification["signedBy"] = [];
  for (const { keyid, sig } of envelope.signatures ?? []) {
    const key = keys.find(one => keyId(one.publicKey) === keyid);
    if (!key) lacking.push(`a signature is by key ${String(keyid).slice(0, 12)}, which nobody here knows`);
    else if (!verify(null, preAuthentication(body), createPublicKey(key.publicKey), Buffer.from(String(sig), "base64")))
      tampered.push(`the signature of ${key.name} does not fit: what was signed is not what stands here`);
    else signedBy.push({ name: key.name, role: key.role ?? "no role" });
  }
  const { predicate, subject } = passport;
  for (const role of predicate.tier === "local" ? [] : roles)
    if (!signedBy.some(one => one.role === role)) lacking.push(`nobody signed as ${role}`);
  if (new Set(signedBy.map(one => one.name)).size < signedBy.length) lacking.push("one key signed twice");
  if (signedBy.length === 0) lacking.push("nobody signed it");
  const others = signedBy.filter(one => !predicate.authors.includes(one.name));
  if (signedBy.length > 0 && others.length === 0) lacking.push("only its author signed it");
  if (predicate.verdict !== "GO" && predicate.verdict !== "CONDITIONAL")
    lacking.push(`its verdict is ${predicate.verdict}`);
  if (!(nowMs < Date.parse(predicate.expires)))
    lacking.push(`it expired at ${predicate.expires}: ${predicate.expiresBecause}`);
  for (const { name, digest } of subject) {
    const now = digestOf(name);
    if (now === undefined) tampered.push(`${name} is gone`);
    else if (now !== null && now !== digest.sha256)
      tampered.push(`${name} is of SHA-256 ${now.slice(0, 12)}…, not ${digest.sha256.slice(0, 12)}…`);
  }
  return { passport, tampered, lacking, signedBy };
}

/** SHA-256 of a file as it is; of a link, of where it leads. Undefined for what is neither or not there. */
export function fileDigest(file: string): string | undefined {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!stat || !(stat.isFile() || stat.isSymbolicLink())) return undefined;
  return createHash("sha256")
    .update(stat.isFile() ? fs.readFileSync(file) : `link to ${fs.readlinkSync(file)}`)
    .digest("hex");
}

/**
 * SHA-256 of a covered file as it is now: files of the checkout are named by their paths, evidence as `evidence:<path>`. Null
 * where it lies in a folder that nobody named: then only what it was is known.
 */
export function coveredDigest(name: string, checkout?: string, evidence?: string): string | undefined | null {
  const isEvidence = name.startsWith("evidence:");
  const dir = isEvidence ? evidence : checkout;
  if (dir === undefined) return null;
  return fileDigest(path.join(dir, isEvidence ? name.slice("evidence:".length) : name));
}

/** What an update is about to do, as guard and pack know it. */
export interface Update {
  project: string;
  stack: string;
  tier: string;
  /** SHA-256 of the pack. */
  pack: string;
  /** SHA-256 over the compiled program. */
  program: string;
  /** The checkout. */
  root: string;
  nowMs: number;
}

/**
 * Why an update must not go on: above tier `local` it needs the passport that `GREENLIGHT_PASSPORT` names, signed by keys that
 * `GREENLIGHT_TRUST` names (JSON), for this project and stack, this pack, and every file as it is now. Nothing where it holds.
 */
export function passportFaults(update: Update, env: NodeJS.ProcessEnv = process.env): string[] {
  const { tampered, lacking } = checkPassport(update, env);
  return [...tampered, ...lacking];
}

/**
 * The same, with what was changed after it was signed apart from what is only lacking, and the passport where it can be read.
 * @param evidence folder of the evidence it covers; without it, files of evidence are not hashed again
 */
export function checkPassport(
  update: Update,
  env: NodeJS.ProcessEnv = process.env,
  evidence?: string,
): { passport?: Passport; tampered: string[]; lacking: string[] } {
  const lacks = (reason: string) => ({ tampered: [], lacking: [reason] });
  if (update.tier === "local") return { tampered: [], lacking: [] };
  const { GREENLIGHT_PASSPORT: file, GREENLIGHT_TRUST: trust } = env;
  if (!file || !trust)
    return lacks(
      `${file ? "GREENLIGHT_TRUST" : "GREENLIGHT_PASSPORT"} is not set; above tier local an update needs a signed passport`,
    );
  try {
    const read = (name: string): unknown => JSON.parse(fs.readFileSync(name, "utf8"));
    const { keys } = read(trust) as { keys: SignerKey[] };
    const { passport, tampered, lacking } = verifyPassport(read(file) as Envelope, keys, update.nowMs, name =>
      coveredDigest(name, update.root, evidence),
    );
    const { project, stack, tier, digests } = passport.predicate;
    const others = [
      ...(project === update.project && stack === update.stack ? [] : [`it is for ${project} / ${stack}`]),
      ...(tier === update.tier ? [] : [`it is for tier ${tier}, not ${update.tier}`]),
      ...(digests.pack === update.pack ? [] : ["it was made under another pack"]),
      ...(digests.program === update.program ? [] : ["the program is compiled otherwise than what was signed for"]),
    ];
    return { passport, tampered, lacking: [...others, ...lacking] };
  } catch (error) {
    return lacks(`the passport ${file} or the trust root ${trust} cannot be read: ${(error as Error).message}`);
  }
}
