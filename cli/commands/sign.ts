import * as path from "node:path";
import { root } from "../../local/state";
import { canonicalJson, sha256 } from "../../model/canonical";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { items } from "../../policies/items/catalogue";
import { headOf } from "../../readiness/ledger";
import type { Envelope, Passport } from "../../policies/passport";
import { openEnvelope, seal } from "../../policies/passport";
import { programDigest } from "../../policies/program";
import { validUntil } from "../../readiness/valid-until";
import { printJson, printVerdict } from "../output";
import { commitToSign } from "../commit";
import { decide } from "../decide";
import { keptPreview } from "../judged-preview";
import { privateKey } from "../private-key";
import { addSignature, filesOf, readEnvelope, writeEnvelope } from "../signing";
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
  if (options.passport) envelope = readEnvelope(options.passport);
  else {
    const commit = commitToSign();
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
      ...filesOf(commit),
      ...(verdict.evidence ?? []).map(one => ({ name: `evidence:${one.file}`, digest: { sha256: one.sha256 } })),
    ];
    const weekMs = Date.parse(verdict.at!) + longestDays * 86_400_000;
    const stale = validUntil(verdict, items);
    const isStale = stale !== undefined && Date.parse(stale) < weekMs;
    const waived = verdict.findings
      .filter(one => one.state === "waived")
      .map(({ rule, resource, path: place }) => ({ rule, resource, path: place }));
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
        ...(waived.length > 0 ? { waived } : {}),
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
  addSignature(envelope, key, options.passport ?? file, openEnvelope);
  writeEnvelope(file, envelope);
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
