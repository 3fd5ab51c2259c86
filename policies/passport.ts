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

/** What names of planned resources begin with among a passport's subjects. */
export const plannedPrefix = "planned:";

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
  /** Planned resources among the subjects (`planned:<URN>`): paths that were unknown when it was previewed, by URN, and what is taken away. */
  planned?: { unknown: Record<string, string[]>; destroyed: string[] };
  /** What the gate lets through because of waivers; absent where there are none. */
  waived?: WaivedPlace[];
  /** SHA-256 of rules and items, of the pack, of what is planned, and of the verdict itself. */
  digests: Record<string, string>;
  versions: Record<string, string>;
  ledger: { sequence: number; previous: string };
}

/** What people sign for: files, each with its hash, and what is said of them. */
export interface Statement<P> {
  subject: { name: string; digest: { sha256: string } }[];
  predicate: P;
}
export type Passport = Statement<Predicate>;

/** Something that a waiver covers: one place of one resource, as findings name them. */
export interface WaivedPlace {
  rule: string;
  resource: string;
  path: string;
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

const ids = new Map<string, string>();

/** The id of a key: SHA-256 of its public part in DER, in hex. Worked out once for each: a set of evidence has hundreds of signatures. */
export function keyId(publicKey: string): string {
  const known =
    ids.get(publicKey) ??
    createHash("sha256")
      .update(createPublicKey(publicKey).export({ type: "spki", format: "der" }))
      .digest("hex");
  ids.set(publicKey, known);
  return known;
}

/** What DSSE signs: the type and the body, each with its length before it. */
export const preAuthentication = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body]);

/** The id of a signed document: SHA-256 of what is signed, in hex; more signatures do not change it. */
export const documentId = ({ payload }: Pick<Envelope, "payload">): string =>
  createHash("sha256").update(Buffer.from(payload, "base64")).digest("hex");

/** A statement without signatures, ready to be signed. */
export const seal = <P>({ subject, predicate }: Statement<P>, predicateType = passportType): Envelope => ({
  payloadType,
  payload: Buffer.from(
    JSON.stringify({ _type: "https://in-toto.io/Statement/v1", subject, predicateType, predicate }),
  ).toString("base64"),
  signatures: [],
});

/** Reads an envelope's statement; throws an Error in words where it is none of that type. */
export function openEnvelope<P = Predicate>(envelope: unknown, wanted = passportType): Statement<P> {
  const { payload, payloadType: type } = (envelope ?? {}) as Partial<Envelope>;
  if (typeof payload !== "string" || type !== payloadType)
    throw new Error("it is no DSSE envelope of an in-toto statement");
  const statement = JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as Statement<P> & {
    predicateType?: string;
  };
  if (statement.predicateType !== wanted) throw new Error(`it is no ${wanted}`);
  if (!Array.isArray(statement.subject) || typeof statement.predicate !== "object" || statement.predicate === null)
    throw new Error("it is not whole");
  return { subject: statement.subject, predicate: statement.predicate };
}

/** Who signed, and what is wrong with it: `tampered` where something was changed after it was signed. */
export interface Signed {
  tampered: string[];
  lacking: string[];
  signedBy: { name: string; role: string }[];
}

/** SHA-256 of a covered file as it is now; undefined where it is gone, null where nobody can look. */
export type DigestOf = (name: string) => string | undefined | null;

/** Checks each signature and each covered file. */
export function checkSigned(
  envelope: Envelope,
  { subject }: Pick<Passport, "subject">,
  keys: readonly SignerKey[],
  digestOf: DigestOf,
): Signed {
  const tampered: string[] = [];
  const lacking: string[] = [];
  const body = Buffer.from(envelope.payload, "base64");
  const signedBy: Signed["signedBy"] = [];
  for (const { keyid, sig } of envelope.signatures ?? []) {
    const key = keys.find(one => keyId(one.publicKey) === keyid);
    if (!key) lacking.push(`a signature is by key ${String(keyid).slice(0, 12)}, which nobody here knows`);
    else if (!verify(null, preAuthentication(body), createPublicKey(key.publicKey), Buffer.from(String(sig), "base64")))
      tampered.push(`the signature of ${key.name} does not fit: what was signed is not what stands here`);
    else signedBy.push({ name: key.name, role: key.role ?? "no role" });
  }
  if (new Set(signedBy.map(one => one.name)).size < signedBy.length) lacking.push("one key signed twice");
  if (signedBy.length === 0) lacking.push("nobody signed it");
  for (const { name, digest } of subject) {
    const now = digestOf(name);
    if (now === undefined) tampered.push(`${name} is gone`);
    else if (now !== null && now !== digest.sha256)
      tampered.push(`${name} is of SHA-256 ${now.slice(0, 12)}…, not ${digest.sha256.slice(0, 12)}…`);
  }
  return { tampered, lacking, signedBy };
}

/** A passport with what is wrong with it, a line each; nothing where it holds. */
export interface Verification extends Signed {
  passport: Passport;
}

/** Verifies signatures, roles, time and, where they can be had, the files it covers. */
export function verifyPassport(
  envelope: Envelope,
  keys: readonly SignerKey[],
  nowMs: number,
  digestOf: DigestOf = () => null,
): Verification {
  const passport = openEnvelope(envelope);
  const { predicate } = passport;
  const { tampered, lacking, signedBy } = checkSigned(envelope, passport, keys, digestOf);
  for (const role of predicate.tier === "local" ? [] : roles)
    if (!signedBy.some(one => one.role === role)) lacking.push(`nobody signed as ${role}`);
  if (signedBy.length > 0 && signedBy.every(one => predicate.authors.includes(one.name)))
    lacking.push("only its author signed it");
  if (predicate.verdict !== "GO" && predicate.verdict !== "CONDITIONAL")
    lacking.push(`its verdict is ${predicate.verdict}`);
  if (!(nowMs < Date.parse(predicate.expires)))
    lacking.push(`it expired at ${predicate.expires}: ${predicate.expiresBecause}`);
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
 * where it lies in a folder that nobody named: then only what it was is known. So it is with planned resources (`planned:<URN>`), which
 * only another preview can tell.
 */
export function coveredDigest(name: string, checkout?: string, evidence?: string): string | undefined | null {
  if (name.startsWith(plannedPrefix)) return null;
  const isEvidence = name.startsWith("evidence:");
  const dir = isEvidence ? evidence : checkout;
  if (dir === undefined) return null;
  return fileDigest(path.join(dir, isEvidence ? name.slice("evidence:".length) : name));
}
