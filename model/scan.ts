import type { Severity, VerdictWord } from "./outcome";

/** A rule of the scan: the wanted state, why, and how to reach it. */
export interface ScanRule {
  id: string;
  title: string;
  why: string;
  fix: string;
  severity: Severity;
  requirements: readonly string[];
}

/** What the scan looks for, in a word each; `release/scan/rules.ts` says the rest. */
export type ScanRuleName =
  | "secret"
  | "bearer"
  | "jwt"
  | "connection"
  | "forbidden"
  | "leak"
  | "unclear"
  | "root"
  | "base"
  | "digest"
  | "vulnerable"
  | "advisories"
  | "licence"
  | "image"
  | "triage"
  | "unread";

/** Something the scan found; never a secret's value. */
export interface ScanFinding {
  rule: ScanRuleName;
  /** `unverifiable` where it could not be looked at. */
  state: "not met" | "unverifiable";
  /** From the top of the repository; `/` between. */
  file: string;
  /** From 1; absent where it is about the whole file. */
  line?: number;
  /** What it is about: a variable, a module, a package, an image. */
  subject: string;
  message: string;
}

/** A use of an environment variable that is none of a leak, and why. */
export interface Harmless {
  file: string;
  line: number;
  name: string;
  class: "config read" | "declaration" | "secret-field reference";
  reason: string;
}

/** A finding that somebody looked at. */
export interface Triaged extends ScanFinding {
  as: "harmless" | "accepted";
  reason: string;
  owner: string;
  expires: string;
}

/** What a scan came to. */
export interface ScanResult {
  schema: "greenlight.scan/1";
  /** Of all that was looked at; conditional where something is accepted until a day. */
  verdict: VerdictWord;
  started: string;
  ended: string;
  commit?: string;
  /** As it can be typed again. */
  command: string;
  inspected: {
    files: number;
    sources: number;
    containers: number;
    lockFiles: number;
    packages: number;
    images: number;
  };
  kinds: readonly string[];
  /** Files that are no text; they hold no line to look at. */
  binary: string[];
  findings: ScanFinding[];
  triaged: Triaged[];
  /** S-052, S-056: uses of secrets' names that are none of a leak, by class. */
  environment: { hits: number; byClass: Record<string, number>; harmless: Harmless[] };
  /** Vulnerabilities of low and medium severity. */
  minorVulnerabilities: number;
  advisories?: { count: number; newest?: string };
}
