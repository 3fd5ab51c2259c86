import { createPrivateKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import * as fs from "node:fs";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";

/** A file that somebody named, as text. */
export function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw fail(file, `unreadable (${(error as NodeJS.ErrnoException).code})`, "a file", undefined, exitCodes.usage);
  }
}

/** An ed25519 private key from a PEM file. */
export function privateKey(file: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(readText(file));
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") throw error;
    throw fail(
      file,
      "no private key",
      "an ed25519 key as PEM",
      "`openssl genpkey -algorithm ed25519` makes one.",
      exitCodes.usage,
    );
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw fail(file, `a key of type ${key.asymmetricKeyType}`, "an ed25519 key as PEM", undefined, exitCodes.usage);
}
