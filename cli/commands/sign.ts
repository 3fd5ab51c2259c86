import { createPublicKey, sign as signBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../local/process";
import { root } from "../../local/state";
import { canonicalJson, sha256 } from "../../model/canonical";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { items } from "../../policies/items/catalogue";
import { headOf } from "../../readiness/ledger";
import type { Envelope, Passport } from "../../policies/passport";
import { fileDigest, keyId, openEnvelope, preAuthentication, seal, verifyPassport } from "../../policies/passport";
import { programDigest } from "../../policies/program";
import { validUntil } from "../../readiness/valid-until";
import { printJson, printVerdict } from "../output";
import { privateKey, readText } from "../private-key";
import { trustedKeys } from "../trust";
import { decide } from "../decide";
import { keptPreview } from "../judged-preview";
import type { ReportOptions } from "./report";

export interface SignOptions extends ReportOptions {
  /** An ed25519 private key as PEM. */
  key: string;
  /** A passport that others signed before: the signature is added to it. */
  passport?: string;
}

/** How long a passport holds at most, in days. */
const longestDays = 7;

/** `greenlight sign`: a passport for a verdict that allows a deployment, or one more signature on one. */
export async function sign(options: SignOptions): Promise<number> {
  const key = privateKey(options.key);
  const file = path.resolve(
    options.passport ?? options.out ?? path.join(root, "report", `${options.stack ?? "local"}.passport.json`),
  );
  let envelope: Envelope;
  if (options.passport) envelope = JSON.parse(readText(options.passport)) as Envelope;
  else {
    const commit = await cleanCommit();
    const kept = keptPreview(options.stack ?? "local");
    const { verdict } = await decide({ ...options, preview: kept !== undefined && options.stack !== "local" });
    if (verdict.verdict !== "GO" && verdict.verdict !== "CONDITIONAL")
      return printVerdict(verdict, {
        json: options.json,
        next: "nothing is signed: only GO and CONDITIONAL are; `greenlight path` says what to repair",
      });
    if (verdict.tier !== "local" && kept?.commit !== commit.id)
      throw fail(
        `the preview of ${kept?.at ?? "this stack"}`,
        kept?.commit ? `of commit ${kept.commit.slice(0, 12)}` : "of no commit",
        `one of ${commit.id.slice(0, 12)}`,
        "Preview what is signed for.",
        exitCodes.usage,
      );
    const subject = [
      ...commit.files.map(name => ({ name, digest: { sha256: digestOf(name) } })),
      ...(verdict.evidence ?? []).map(one => ({ name: `evidence:${one.file}`, digest: { sha256: one.sha256 } })),
    ];
    const weekMs = Date.parse(verdict.at!) + longestDays * 86_400_000;
    const stale = validUntil(verdict, items);
    const isStale = stale !== undefined && Date.parse(stale) < weekMs;
    const passport: Passport = {
      subject,
      predicate: {
        ...{
          project: verdict.project,
          stack: verdict.stack,
          tier: verdict.tier,
          verdict: verdict.verdict,
          reason: verdict.reason,
        },
        at: verdict.at!,
        expires: isStale ? stale : new Date(weekMs).toISOString(),
        expiresBecause: isStale ? "evidence gets old" : `a passport holds ${longestDays} days`,
        ...{ commit: commit.id, authors: commit.authors },
        items: Object.fromEntries(verdict.items.map(item => [item.id, item.state])),
        digests: {
          program: programDigest(root),
          catalogue: verdict.basis.catalogue,
          pack: verdict.basis.pack,
          verdict: sha256(canonicalJson(verdict)),
        },
        versions: { node: process.versions.node, greenlight: "0.1.0" },
        ledger: headOf(path.join(root, "ledger"), verdict.stack),
      },
    };
    envelope = seal(passport);
  }
  add(envelope, key, options.passport ?? file);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(envelope, null, 1)}\n`);
  const { predicate, subject } = openEnvelope(envelope);
  const shown = path.relative(process.cwd(), file) || ".";
  if (options.json)
    printJson({
      passport: shown,
      signatures: envelope.signatures.length,
      covered: subject.length,
      expires: predicate.expires,
    });
  else
    console.log(
      `${predicate.verdict}  ${predicate.stack}  signed: ${envelope.signatures.length} signatures, ${subject.length} files covered, valid until ${predicate.expires} (${predicate.expiresBecause})\npassport: ${shown}\nnext: \`greenlight verify ${shown}\``,
    );
  return exitCodes.GO;
}

function digestOf(name: string): string {
  const digest = fileDigest(path.join(root, name));
  if (digest !== undefined) return digest;
  throw fail(name, "no file", "a commit of files and links", "A submodule cannot be signed for.", exitCodes.usage);
}

function add(envelope: Envelope, key: KeyObject, file: string): void {
  const publicKey = String(createPublicKey(key).export({ type: "spki", format: "pem" }));
  const id = keyId(publicKey);
  if (envelope.signatures.some(one => one.keyid === id))
    throw fail(file, "signed by this key already", "another one's signature", undefined, exitCodes.usage);
  // Who signs after others puts a name under what they signed: it has to be what they signed.
  const { tampered } = verifyPassport(envelope, trustedKeys(), 0);
  if (tampered.length > 0)
    throw fail(file, "changed after it was signed", "what was signed", tampered.join("; "), exitCodes.TAMPERED);
  const sig = signBytes(null, preAuthentication(Buffer.from(envelope.payload, "base64")), key).toString("base64");
  envelope.signatures.push({ keyid: id, sig });
}

/** The commit that is signed for: all that git tracks, as it stands, with nothing changed beside it. */
async function cleanCommit(): Promise<{ id: string; files: string[]; authors: string[] }> {
  const git = async (...args: string[]) => {
    const done = await run("git", args, { cwd: root });
    if (done.code !== 0)
      throw fail(
        "git",
        `failing (${done.stderr.trim().split("\n").at(-1)})`,
        "a checkout",
        undefined,
        exitCodes.engineFailed,
      );
    return done.stdout;
  };
  const changed = (await git("status", "--porcelain")).split("\n").filter(Boolean);
  if (changed.length > 0)
    throw fail(
      "the checkout",
      `changed in ${changed.length} places (${changed[0]!.trim()})`,
      "a commit with nothing beside it",
      "Commit, or put it away.",
      exitCodes.usage,
    );
  const files = (await git("ls-tree", "-r", "--name-only", "-z", "HEAD")).split("\0").filter(Boolean);
  const authors = (await git("log", "-1", "--format=%ae%n%ce")).split("\n").filter(Boolean);
  return { id: (await git("rev-parse", "HEAD")).trim(), files: files.sort(), authors: [...new Set(authors)] };
}
