import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { signerOf } from "../../cli/signer";
import { inFolder, testKey } from "../support/evidence";

const { trusted, privateKey } = testKey("signer");
const pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
const bytes = Buffer.from("what is signed");
const fits = (signature: Buffer) => verify(null, bytes, createPublicKey(trusted.publicKey), signature);

/** A program as a KMS would have one, that signs as it is told to. */
const program = (dir: string, body: string): string => {
  const file = path.join(dir, "kms");
  const key = path.join(dir, "key.pem");
  fs.writeFileSync(key, pem);
  const start = `const fs = require("fs"), crypto = require("crypto"); const key = crypto.createPrivateKey(fs.readFileSync(${JSON.stringify(key)}));`;
  fs.writeFileSync(file, `#!${process.execPath}\n${start}\n${body}\n`, { mode: 0o755 });
  return `exec:${file}`;
};
const sound = `if (process.argv[2] === "public-key") console.log(crypto.createPublicKey(key).export({ type: "spki", format: "pem" }));
else console.log(crypto.sign(null, fs.readFileSync(0), key).toString("base64"));`;

describe("a key that signs", () => {
  it("is a file, a variable, or a program that keeps it", () =>
    inFolder(dir => {
      const file = path.join(dir, "a.pem");
      fs.writeFileSync(file, pem);
      process.env.GREENLIGHT_TEST_KEY = pem;
      try {
        for (const name of [file, "env:GREENLIGHT_TEST_KEY", program(dir, sound)]) {
          const signer = signerOf(name);
          assert.equal(signer.publicKey, trusted.publicKey, name);
          assert.ok(fits(signer.sign(bytes)), name);
        }
      } finally {
        delete process.env.GREENLIGHT_TEST_KEY;
      }
    }));

  it("is refused in a sentence where it is none", () =>
    inFolder(dir => {
      const file = path.join(dir, "a.pem");
      fs.writeFileSync(file, "no key");
      assert.throws(() => signerOf(file), /a\.pem is no private key; need an ed25519 key as PEM/);
      assert.throws(() => signerOf("env:GREENLIGHT_NO_SUCH_KEY"), /--key env:GREENLIGHT_NO_SUCH_KEY is not set/);
      assert.throws(() => signerOf(`exec:${dir}/none`), /none public-key is failing/);
      assert.throws(() => signerOf(program(dir, 'console.log("nothing")')), /public-key is no public key/);
      assert.throws(() => signerOf(program(dir, 'console.error("locked"); process.exit(1)')), /is failing \(locked\)/);
      const false_ = program(dir, sound.replace(/crypto\.sign\(.*?\)\.toString/, "Buffer.alloc(64).toString"));
      assert.throws(() => signerOf(false_).sign(bytes), /kms sign is a signature that does not fit/);
    }));
});
