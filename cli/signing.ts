import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../local/state";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import type { PackLock } from "../policies/guard";
import type { Envelope, Passport, Statement } from "../policies/passport";
import { checkSigned, fileDigest, keyId, preAuthentication } from "../policies/passport";
import type { Commit } from "./commit";
import type { Signer } from "./signer";
import { readText } from "./signer";
import { trustedKeys } from "./trust";

/** Every file of a commit with its hash, as statements name them. */
export const filesOf = ({ files }: Commit): Passport["subject"] =>
  files.map(name => {
    const digest = fileDigest(path.join(root, name));
    if (digest !== undefined) return { name, digest: { sha256: digest } };
    throw fail(name, "no file", "a commit of files and links", "A submodule cannot be signed for.", exitCodes.usage);
  });

/** SHA-256 of this checkout's pack. */
export const packDigest = (): string =>
  (JSON.parse(fs.readFileSync(path.join(root, "policies", "pack.lock"), "utf8")) as PackLock).bundle;

/** An envelope that others signed before. */
export function readEnvelope(file: string): Envelope {
  const text = readText(file);
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    throw fail(file, "no JSON", "what `greenlight sign` or `greenlight override` wrote", undefined, exitCodes.usage);
  }
}

/**
 * Adds a signature to an envelope.
 * @param open reads its statement; throws an Error where it is another one
 */
export function addSignature(
  envelope: Envelope,
  key: Signer,
  file: string,
  open: (envelope: Envelope) => Statement<unknown>,
): void {
  const id = keyId(key.publicKey);
  let statement: Statement<unknown>;
  try {
    statement = open(envelope);
  } catch (error) {
    throw fail(file, `another thing (${(error as Error).message})`, "what is to be signed", undefined, exitCodes.usage);
  }
  if (envelope.signatures.some(one => one.keyid === id))
    throw fail(file, "signed by this key already", "another one's signature", undefined, exitCodes.usage);
  // Who signs after others puts a name under what they signed: it has to be what they signed.
  const { tampered } = checkSigned(envelope, statement, trustedKeys(), () => null);
  if (tampered.length > 0)
    throw fail(file, "changed after it was signed", "what was signed", tampered.join("; "), exitCodes.TAMPERED);
  const sig = key.sign(preAuthentication(Buffer.from(envelope.payload, "base64"))).toString("base64");
  envelope.signatures.push({ keyid: id, sig });
}

export function writeEnvelope(file: string, envelope: Envelope): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(envelope, null, 1)}\n`);
}
