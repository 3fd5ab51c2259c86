import * as fs from "node:fs";
import { sha256 } from "../model/canonical";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import type { Waiver } from "../model/waiver";
import type { Envelope, Passport } from "../policies/passport";
import { checkSigned, openEnvelope } from "../policies/passport";
import { readWaivers } from "../stacks/waivers";
import { readEnvelope } from "./signing";
import { today } from "./today";
import { trustedKeys } from "./trust";

/** What approvers sign: the file of a stack's waivers as it is; any change of it wants their signatures again. */
export const waiversType = "https://greenlight.dev/waivers/v1";

export interface WaiversPredicate {
  project: string;
  stack: string;
}

/** Where the signatures over a file of waivers lie. */
export const signaturesOf = (file: string): string => `${file}.intoto.json`;

/** The statement over a file of waivers as it is now. */
export const waiversSubject = (file: string): Passport["subject"] => [
  { name: "waivers.yaml", digest: { sha256: sha256(fs.readFileSync(file)) } },
];

/** A stack's waivers, with who signed the file; signatures over an earlier state of it, or for another stack, count for nobody. */
export function waiversOf(
  file: string,
  { project, stack }: WaiversPredicate,
): { list: Waiver[]; today: string; signedBy: string[] } {
  const list = readWaivers(file);
  return { list, today: today(), signedBy: list.length > 0 ? signersOf(file, { project, stack }) : [] };
}

function signersOf(file: string, { project, stack }: WaiversPredicate): string[] {
  const beside = signaturesOf(file);
  const keys = trustedKeys();
  if (!fs.existsSync(beside) || keys.length === 0) return [];
  const envelope: Envelope = readEnvelope(beside);
  const wrong = (found: string) =>
    fail(beside, found, "what `greenlight sign --waivers` wrote", "Have the waivers signed again.", exitCodes.TAMPERED);
  let statement: ReturnType<typeof openEnvelope<WaiversPredicate>>;
  try {
    statement = openEnvelope<WaiversPredicate>(envelope, waiversType);
  } catch (error) {
    throw wrong(`another thing (${(error as Error).message})`);
  }
  const { predicate } = statement;
  const [now] = waiversSubject(file);
  const isOfIt = statement.subject.some(one => one.digest.sha256 === now!.digest.sha256);
  const { tampered, signedBy } = checkSigned(envelope, statement, keys, () => null);
  if (tampered.length > 0) throw wrong(`changed (${tampered.join("; ")})`);
  if (!isOfIt || predicate.project !== project || predicate.stack !== stack) return [];
  return signedBy.map(one => one.name);
}
