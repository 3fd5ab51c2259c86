import { spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import * as fs from "node:fs";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";

/** Something that signs with an ed25519 key, wherever that lies. */
export interface Signer {
  /** PEM. */
  publicKey: string;
  sign: (bytes: Buffer) => Buffer;
}

/** A file that somebody named, as text. */
export function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw fail(file, `unreadable (${(error as NodeJS.ErrnoException).code})`, "a file", undefined, exitCodes.usage);
  }
}

/**
 * The signer that `--key` names: a PEM file; `env:NAME`, a variable that holds one; or `exec:PROGRAM`, for keys that leave no KMS: the
 * program prints the public key as PEM when called with `public-key`, and a signature in base64 over what it reads when called with `sign`.
 */
export function signerOf(key: string): Signer {
  if (key.startsWith("exec:")) return programSigner(key.slice("exec:".length));
  const variable = key.startsWith("env:") ? key.slice("env:".length) : undefined;
  const pem = variable === undefined ? readText(key) : process.env[variable];
  if (!pem) throw fail(`--key ${key}`, "not set", "an ed25519 key as PEM", undefined, exitCodes.usage);
  const held = privateKey(key, pem);
  return {
    publicKey: String(createPublicKey(held).export({ type: "spki", format: "pem" })),
    sign: bytes => sign(null, bytes, held),
  };
}

function privateKey(name: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    const fix = "`openssl genpkey -algorithm ed25519` makes one.";
    throw fail(name, "no private key", "an ed25519 key as PEM", fix, exitCodes.usage);
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw fail(name, `a key of type ${key.asymmetricKeyType}`, "an ed25519 key as PEM", undefined, exitCodes.usage);
}

/** How long a program that signs may take, in milliseconds: somebody may have to touch something. */
const signingMs = 120_000;

function programSigner(program: string): Signer {
  const call = (what: string, input?: Buffer): string => {
    const { status, stdout, stderr, error } = spawnSync(program, [what], {
      ...(input ? { input } : {}),
      encoding: "utf8",
      timeout: signingMs,
      maxBuffer: 1024 * 1024,
    });
    if (status === 0) return stdout.trim();
    const said = error ? error.message : (stderr.trim().split("\n").at(-1) ?? "");
    throw fail(`${program} ${what}`, `failing (${said})`, "a program that signs", undefined, exitCodes.usage);
  };
  const publicKey = call("public-key");
  let held: KeyObject | undefined;
  try {
    held = createPublicKey(publicKey);
  } catch {
    held = undefined;
  }
  if (held?.asymmetricKeyType !== "ed25519")
    throw fail(`${program} public-key`, "no public key", "an ed25519 key as PEM", undefined, exitCodes.usage);
  return {
    publicKey: String(held.export({ type: "spki", format: "pem" })),
    sign: bytes => {
      const signature = Buffer.from(call("sign", bytes), "base64");
      if (verify(null, bytes, held, signature)) return signature;
      throw fail(`${program} sign`, "a signature that does not fit", "one by its own key", undefined, exitCodes.usage);
    },
  };
}
