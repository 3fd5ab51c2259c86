import * as fs from "node:fs";
import * as path from "node:path";
import { stackDir } from "./evidence-file";

/**
 * The handshake between program and pack. The program leaves a challenge with a fresh nonce, registers the Seal, and
 * goes on only when the pack has answered it: a pack that is missing, disabled or another one never does. The nonce
 * goes by file and not by property, so that an unchanged program is an unchanged stack.
 */

export const sealType = "greenlight:gate:Seal";

export interface Challenge {
  nonce: string;
  fingerprint: string;
}

export interface Answer {
  nonce: string;
  fingerprint: string;
  /** SHA-256 of the pack's bundle, as the pack itself read it. */
  bundle: string;
}

/** What a preview that found nothing blocking leaves, and an update of the same fingerprint uses up. */
export interface Receipt {
  fingerprint: string;
  at: string;
  /** Results that must stop a run; an update wants none. */
  blocking: number;
  /** The evidence file of that preview. */
  evidence: string;
  /** Digest of each resource's inputs as they were judged, by URN; null where they held something unknown. */
  judged: Record<string, string | null>;
}

/** How long a preview's receipt may wait for its update, in milliseconds. */
export const receiptMs = 60 * 60 * 1000;

const gateDir = (dir: string, stack: string) => path.join(stackDir(dir, stack), ".gate");

export const receiptFile = (dir: string, stack: string, fingerprint: string): string =>
  path.join(gateDir(dir, stack), `receipt-${fingerprint}.json`);

export function leaveChallenge(dir: string, stack: string, challenge: Challenge): string {
  const file = path.join(gateDir(dir, stack), `challenge-${challenge.nonce}.json`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(challenge), { flag: "wx" });
  return file;
}

export const answerOf = (challengeFile: string): string => challengeFile.replace("challenge-", "answer-");

/** Answers every open challenge of this fingerprint; gives the nonces. */
export function answerChallenges(dir: string, stack: string, fingerprint: string, bundle: string): string[] {
  const folder = gateDir(dir, stack);
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter(name => name.startsWith("challenge-")) : [];
  const nonces: string[] = [];
  for (const name of files) {
    const file = path.join(folder, name);
    const challenge = readJson<Challenge>(file);
    if (challenge?.fingerprint !== fingerprint) continue;
    const answer: Answer = { nonce: challenge.nonce, fingerprint, bundle };
    // Written aside and moved, so that the program never reads half an answer.
    fs.writeFileSync(`${file}.part`, JSON.stringify(answer));
    fs.renameSync(`${file}.part`, answerOf(file));
    nonces.push(challenge.nonce);
  }
  return nonces;
}

export function leaveReceipt(dir: string, stack: string, receipt: Receipt): void {
  const file = receiptFile(dir, stack, receipt.fingerprint);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(receipt));
}

/** A JSON file's value, or undefined when it is missing or unreadable. */
export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}
