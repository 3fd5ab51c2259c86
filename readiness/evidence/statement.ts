import { createPublicKey, verify } from "node:crypto";
import { fail } from "../../model/faults";
import { keyId, payloadType, preAuthentication } from "../../policies/passport";
import type { Values } from "./imported";
import { isObject, objects, textOf, timeOf } from "./imported";

/**
 * What is said of a file of evidence beside it, in `<file>.intoto.json`: an in-toto statement over its hash, in a DSSE
 * envelope where somebody signed it. It tells environment and time where the tool's format does not.
 */
export interface Statement {
  environment?: string;
  endedMs?: number;
  commit?: string;
  config?: string;
  images?: string[];
  simulated?: string;
  /** Who signed it, by the names of the trust root; absent where nobody known did. */
  producer?: string;
}

/** A key that may vouch for evidence: a name and an ed25519 public key, as PEM. */
export interface TrustedKey {
  name: string;
  publicKey: string;
}

export const predicateType = "https://greenlight.dev/evidence/v1";

/** Reads a statement about the bytes whose hash is given; one about other bytes, or with a false signature, is refused. */
export function readStatement(value: unknown, file: string, sha256: string, trusted: readonly TrustedKey[]): Statement {
  if (!isObject(value)) throw fail(file, "no object", "an in-toto statement or a DSSE envelope");
  const signed = value.payload !== undefined;
  const { statement, producer } = signed ? opened(value, file, trusted) : { statement: value, producer: undefined };
  const subjects = objects(statement.subject);
  const isAbout = subjects.some(one => isObject(one.digest) && one.digest.sha256 === sha256);
  if (!isAbout) throw fail(file, "about another file", `a statement over SHA-256 ${sha256.slice(0, 12)}…`);
  if (statement.predicateType !== predicateType)
    throw fail(file, "of another predicate", `predicateType ${predicateType}`);
  const predicate = isObject(statement.predicate) ? statement.predicate : {};
  const parts = {
    environment: textOf(predicate.environment),
    endedMs: timeOf(predicate.ended),
    commit: textOf(predicate.commit),
    config: textOf(predicate.config),
    images: Array.isArray(predicate.images) ? predicate.images.filter(one => typeof one === "string") : undefined,
    simulated: predicate.simulated === true ? "simulated" : textOf(predicate.simulated),
    producer,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, one]) => one !== undefined));
}

function opened(envelope: Values, file: string, trusted: readonly TrustedKey[]) {
  const body = Buffer.from(textOf(envelope.payload) ?? "", "base64");
  if (envelope.payloadType !== payloadType) throw fail(file, "of another payload", `payloadType ${payloadType}`);
  let statement: unknown;
  try {
    statement = JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    throw fail(file, "with a payload that is no JSON", "an in-toto statement");
  }
  if (!isObject(statement)) throw fail(file, "with a payload that is no object", "an in-toto statement");
  const message = preAuthentication(body);
  for (const one of objects(envelope.signatures)) {
    const key = trusted.find(other => keyId(other.publicKey) === one.keyid);
    // A signature of somebody unknown says nothing; a false one of somebody known says that something is wrong.
    if (!key) continue;
    const signature = Buffer.from(textOf(one.sig) ?? "", "base64");
    if (!verify(null, message, createPublicKey(key.publicKey), signature))
      throw fail(file, `signed in the name of ${key.name}, but not by its key`, "a signature that fits");
    return { statement, producer: key.name };
  }
  return { statement, producer: undefined };
}
