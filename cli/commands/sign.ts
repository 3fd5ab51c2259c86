import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import { canonicalJson, sha256 } from "../../model/canonical";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { items } from "../../policies/items/catalogue";
import { headOf } from "../../readiness/ledger";
import type { Envelope, Passport } from "../../policies/passport";
import { openEnvelope, plannedPrefix, seal } from "../../policies/passport";
import { programDigest } from "../../policies/program";
import { validUntil } from "../../readiness/valid-until";
import { readWaivers, waiverFile } from "../../stacks/waivers";
import { printJson, printVerdict } from "../output";
import { commitToSign } from "../commit";
import { decide } from "../decide";
import { keptPreview } from "../judged-preview";
import type { PlannedManifest } from "../planned-manifest";
import type { Signer } from "../signer";
import { signerOf } from "../signer";
import { readProject } from "../project";
import type { WaiversPredicate } from "../signed-waivers";
import { signaturesOf, waiversSubject, waiversType } from "../signed-waivers";
import { addSignature, filesOf, readEnvelope, writeEnvelope } from "../signing";
import type { ReportOptions } from "./report";

export interface SignOptions extends ReportOptions {
  /** An ed25519 private key as PEM. */
  key: string;
  /** A passport that others signed before: the signature is added to it. */
  passport?: string;
  /** Sign the stack's waivers as they are, instead of a verdict: what their approver does above staging. */
  waivers?: boolean;
}

/** How long a passport holds at most, in days. */
const longestDays = 7;

/** `greenlight sign`: a passport for a verdict that allows a deployment, or one more signature on one. */
export async function sign(options: SignOptions): Promise<number> {
  const key = signerOf(options.key);
  if (options.waivers) return signWaivers(options, key);
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
    const planned = verdict.tier === "local" ? undefined : kept?.planned;
    const subject = [
      ...filesOf(commit),
      ...(verdict.evidence ?? []).map(one => ({ name: `evidence:${one.file}`, digest: { sha256: one.sha256 } })),
      ...plannedSubjects(planned),
    ];
    const waived = verdict.findings
      .filter(one => one.state === "waived")
      .map(({ rule, resource, path: place }) => ({ rule, resource, path: place }));
    const end = earliest([
      { ms: Date.parse(verdict.at!) + longestDays * 86_400_000, because: `a passport holds ${longestDays} days` },
      { ms: Date.parse(validUntil(verdict, items) ?? ""), because: "evidence gets old" },
      { ms: waiversEnd(options, waived), because: "a waiver ends" },
    ]);
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
        expires: new Date(end.ms).toISOString(),
        expiresBecause: end.because,
        ...{ commit: commit.id, authors: commit.authors },
        items: Object.fromEntries(verdict.items.map(item => [item.id, item.state])),
        ...(planned ? { planned: { unknown: planned.unknown, destroyed: planned.destroyed } } : {}),
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
      `${predicate.verdict}  ${predicate.stack}  signed: ${envelope.signatures.length} signatures, ${subject.length} files and planned resources covered, valid until ${predicate.expires} (${predicate.expiresBecause})\npassport: ${shown}\nnext: \`greenlight verify ${shown}\``,
    );
  return exitCodes.GO;
}

const plannedSubjects = (planned: PlannedManifest | undefined): Passport["subject"] =>
  Object.entries(planned?.digests ?? {})
    .sort()
    .map(([urn, digest]) => ({ name: `${plannedPrefix}${urn}`, digest: { sha256: digest } }));

interface End {
  ms: number;
  because: string;
}

/** What ends first; what has no end is no number. */
const earliest = (all: readonly End[]): End =>
  all.filter(one => !Number.isNaN(one.ms)).reduce((first, one) => (one.ms < first.ms ? one : first));

/** When the first waiver ends that covers something here, in milliseconds since 1970: it is in force up to the day before. */
function waiversEnd({ stack = "local" }: SignOptions, waived: readonly { rule: string; resource: string }[]): number {
  const ends = readWaivers(waiverFile(readProject(root).stackDir, stack))
    .filter(one => waived.some(two => two.rule === one.rule && two.resource === one.resource))
    .map(one => Date.parse(one.expires));
  return ends.length > 0 ? Math.min(...ends) : NaN;
}

/** `greenlight sign --waivers`: the approver's signature over the stack's waivers as they are. */
function signWaivers({ stack = "local", json }: SignOptions, key: Signer): number {
  const project = readProject(root);
  const file = waiverFile(project.stackDir, stack);
  const shown = path.relative(process.cwd(), file);
  if (readWaivers(file).length === 0)
    throw fail(shown, "without a waiver", "at least one", "`greenlight waive` writes one.", exitCodes.usage);
  const subject = waiversSubject(file);
  const predicate: WaiversPredicate = { project: project.name, stack };
  const place = signaturesOf(file);
  const before = fs.existsSync(place) ? readEnvelope(place) : undefined;
  const fresh = seal({ subject, predicate }, waiversType);
  // Signatures over another state of the file are of no use to anybody.
  const envelope = before?.payload === fresh.payload ? before : fresh;
  addSignature(envelope, key, shown, one => openEnvelope<WaiversPredicate>(one, waiversType));
  writeEnvelope(place, envelope);
  const { signatures } = envelope;
  if (json) printJson({ schema: "greenlight.waivers-signed/1", file: shown, signatures: signatures.length });
  else
    console.log(
      `signed ${shown}: ${signatures.length} signatures over it as it is\nnext: commit it with ${path.basename(place)}; \`greenlight check --stack ${stack}\` shows what is waived`,
    );
  return exitCodes.GO;
}
