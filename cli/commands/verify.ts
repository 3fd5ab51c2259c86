import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../local/process";
import { root } from "../../local/state";
import { sha256 } from "../../model/canonical";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { isOverride, verifyOverride } from "../../policies/override";
import type { Envelope, Passport, SignerKey } from "../../policies/passport";
import { coveredDigest, verifyPassport } from "../../policies/passport";
import { printJson } from "../output";
import { trustedKeys } from "../trust";

export interface VerifyOptions {
  /** The trust root; otherwise `GREENLIGHT_TRUST`. */
  keys?: string;
  evidence?: string;
  at?: string;
  /** Writes the result as a verification summary (SLSA), too. */
  vsa?: string;
  json?: boolean;
}

/** `greenlight verify`: whether a passport holds for this checkout, and what exactly no longer matches. */
export async function verify(file: string, options: VerifyOptions): Promise<number> {
  const keys = trustedKeys(options.keys ?? process.env.GREENLIGHT_TRUST);
  if (keys.length === 0)
    throw fail(
      "the trust root",
      "not named",
      "a file of public keys",
      "Give it with --keys or GREENLIGHT_TRUST.",
      exitCodes.usage,
    );
  const nowMs = options.at === undefined ? Date.now() : Date.parse(options.at);
  let result: ReturnType<typeof verifyPassport>;
  try {
    const envelope = JSON.parse(fs.readFileSync(file, "utf8")) as Envelope;
    if (isOverride(envelope)) return verifyBreakGlass(envelope, keys, nowMs, options.json);
    result = verifyPassport(envelope, keys, nowMs, name => coveredDigest(name, root, options.evidence));
  } catch (error) {
    throw fail(file, `unreadable (${(error as Error).message})`, "a passport of `greenlight sign`");
  }
  const { passport, lacking, signedBy } = result;
  const covered = new Set(passport.subject.map(one => one.name));
  const tracked = await run("git", ["ls-files", "-z"], { cwd: root });
  const added = tracked.code === 0 ? tracked.stdout.split("\0").filter(name => name && !covered.has(name)) : [];
  const tampered = [...result.tampered, ...added.map(name => `${name} is there, and nobody signed for it`)];
  const { verdict, project, stack, expires } = passport.predicate;
  const valid = tampered.length === 0 && lacking.length === 0;
  const word = tampered.length > 0 ? "TAMPERED" : valid ? verdict : "NOT VALID";
  if (options.vsa)
    fs.writeFileSync(options.vsa, `${JSON.stringify(summaryOf(file, passport, { valid, nowMs }), null, 1)}\n`);
  if (options.json)
    printJson({ schema: "greenlight.verification/1", valid, word, tampered, lacking, signedBy, ...passport.predicate });
  else {
    console.log(
      `${word}  ${project} ${stack}  ${covered.size} files and planned resources covered, valid until ${expires}`,
    );
    for (const line of [...tampered, ...lacking]) console.log(`- ${line}`);
    for (const { name, role } of signedBy) console.log(`signed by ${name}, ${role}`);
    console.log(`next: ${valid ? "`greenlight up`" : "settle what is named above, and sign again"}`);
  }
  if (tampered.length > 0) return exitCodes.TAMPERED;
  if (lacking.length > 0) return exitCodes.INCONCLUSIVE;
  return verdict === "GO" ? exitCodes.GO : exitCodes.CONDITIONAL;
}

/** The result as others read it: an in-toto statement of SLSA's verification summary (slsa.dev/spec/v1.1/verification_summary). */
function summaryOf(file: string, { predicate }: Passport, { valid, nowMs }: { valid: boolean; nowMs: number }): object {
  const { project, stack, commit, digests } = predicate;
  const passport = { uri: `passport:${path.basename(file)}`, digest: { sha256: sha256(fs.readFileSync(file)) } };
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: `${project}/${stack}`, digest: { gitCommit: commit } }],
    predicateType: "https://slsa.dev/verification_summary/v1",
    predicate: {
      verifier: {
        id: "https://greenlight.dev/verify",
        version: { greenlight: predicate.versions.greenlight ?? "unknown" },
      },
      timeVerified: new Date(nowMs).toISOString(),
      resourceUri: `git+commit:${commit}`,
      policy: { uri: "https://greenlight.dev/catalogue", digest: { sha256: digests.catalogue ?? "" } },
      inputAttestations: [passport],
      verificationResult: valid ? "PASSED" : "FAILED",
      // It says nothing of how things were built; what it says is that the review was signed for.
      verifiedLevels: valid ? ["SLSA_BUILD_LEVEL_UNEVALUATED", `GREENLIGHT_${predicate.verdict}`] : ["FAILED"],
      slsaVersion: "1.1",
    },
  };
}

/** The same for an override: it never says GO, for it allows what the review does not. */
function verifyBreakGlass(envelope: Envelope, keys: readonly SignerKey[], nowMs: number, json = false): number {
  const { override, tampered, lacking, signedBy } = verifyOverride(envelope, keys, nowMs, name =>
    coveredDigest(name, root),
  );
  const { project, stack, incident, resources, until } = override.predicate;
  const valid = tampered.length + lacking.length === 0;
  const word = tampered.length > 0 ? "TAMPERED" : valid ? "OVERRIDE" : "NOT VALID";
  if (json)
    printJson({
      schema: "greenlight.verification/1",
      ...{ valid, word, tampered, lacking, signedBy, ...override.predicate },
    });
  else {
    console.log(`${word}  ${project} ${stack}  ${incident}, until ${until}, for ${resources.join(", ")}`);
    for (const line of [...tampered, ...lacking]) console.log(`- ${line}`);
    for (const { name, role } of signedBy) console.log(`signed by ${name}, ${role}`);
    console.log(
      `next: ${valid ? `\`GREENLIGHT_OVERRIDE=FILE greenlight up --stack ${stack}\`` : "settle what is named above"}`,
    );
  }
  return tampered.length > 0 ? exitCodes.TAMPERED : valid ? exitCodes.CONDITIONAL : exitCodes.INCONCLUSIVE;
}
