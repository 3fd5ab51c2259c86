import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../local/state";
import { canonicalJson, sha256 } from "../model/canonical";
import type { Verdict } from "../model/verdict";
import { verdictSchema } from "../model/verdict";
import { catalogueDigest } from "../policies/engine/judge";
import { readJson } from "../policies/engine/seal";
import { items } from "../policies/items/catalogue";
import type { Envelope } from "../policies/passport";
import { checkSigned, keyId, openEnvelope } from "../policies/passport";
import { rules } from "../policies/rules/catalogue";
import type { Decision } from "../readiness/decision";
import type { Entry } from "../readiness/ledger";
import { trustedKeys } from "./trust";

/** What is shown beside a verdict without being part of it: the one before, the signatures, what sabotage showed. */

const proofsFile = path.join(root, "report", "sabotage.json");

interface Proofs {
  schema: "greenlight.sabotage/1";
  at: string;
  catalogue: string;
  rules: Record<string, { tried: number; noticed: number }>;
}

/** Keeps what `greenlight sabotage` showed of each rule, for the next report. */
export function keepProofs(proofs: readonly { rule: string; tried: number; noticed: number }[]): void {
  const kept: Proofs = {
    schema: "greenlight.sabotage/1",
    at: new Date().toISOString(),
    catalogue: catalogueDigest(rules, items),
    rules: Object.fromEntries(proofs.map(({ rule, tried, noticed }) => [rule, { tried, noticed }])),
  };
  fs.mkdirSync(path.dirname(proofsFile), { recursive: true });
  fs.writeFileSync(proofsFile, `${JSON.stringify(kept, null, 1)}\n`);
}

/** What was shown of these very rules; undefined where it was of others, or never. */
export function keptProofs(): Decision["proofs"] {
  const kept = readJson<Proofs>(proofsFile);
  return kept?.catalogue === catalogueDigest(rules, items) ? { at: kept.at, rules: kept.rules } : undefined;
}

/** The verdict that a folder's last report holds, if it is the last of the stack's history. */
export function previousVerdict(out: string, history: readonly Entry[]): Verdict | undefined {
  const last = history.at(-1);
  const { success, data } = verdictSchema.safeParse(readJson(path.join(out, "report.json")));
  return success && last?.digest === sha256(canonicalJson(data)) ? data : undefined;
}

/** Who signed the passport that lies beside a stack's reports; undefined where there is none that was left as it was signed. */
export function signaturesBeside(stack: string): Decision["signed"] {
  const envelope = readJson<Envelope>(path.join(root, "report", `${stack}.passport.json`));
  if (!envelope) return undefined;
  try {
    const passport = openEnvelope(envelope);
    const keys = trustedKeys();
    const { tampered, signedBy } = checkSigned(envelope, passport, keys, () => null);
    if (tampered.length > 0) return undefined;
    const { verdict, digests, at } = passport.predicate;
    const keyOf = (name: string) => keys.find(key => key.name === name)?.publicKey;
    const by = signedBy.map(one => ({ ...one, key: keyId(keyOf(one.name)!) }));
    return { by, verdict, at, digest: digests.verdict ?? "" };
  } catch {
    // What is no passport was signed by nobody.
    return undefined;
  }
}
