import type { Outcome, Severity } from "./outcome";

/** One thing a rule found, addressable as rule + URN + path. */
export interface Finding {
  /** Rule id, such as `GL-POD-01`. */
  rule: string;
  state: Outcome;
  severity: Severity;
  urn: string;
  /** The resource as people say it: `Deployment inulearning/api`. */
  resource: string;
  /** Property path in the resource; "" for the resource as a whole. */
  path: string;
  found: string;
  needed: string;
  fix: string;
  /** All of the above in one sentence or two. */
  message: string;
  /** Where it stands in what was read, for manifests: the file as it was named, the line from 1. */
  file?: string;
  line?: number;
}

/** A number that a design can attain at best, worked out by a rule (decision 14). */
export interface Observation {
  what: "RPO" | "RTO" | "availability" | "headroom";
  /** What it is about, such as `data/postgres`. */
  of: string;
  /** What the design can attain at best, and what is asked: minutes of RPO and RTO, percent of the others, of which more is better. */
  provable: number;
  declared: number;
}

/** What one rule says of one resource. */
export interface RuleResult {
  rule: string;
  urn: string;
  state: Outcome;
  /** How many subjects were really looked at; a pass of none is no pass. */
  inspected: number;
  findings: Finding[];
  /** Why it does not apply, where that is so. */
  reason?: string;
  observations?: Observation[];
}

/** `<resource> <path> is <found>; need <needed>.` then the fix, then the rule. */
export function findingMessage(finding: Omit<Finding, "message">): string {
  const where = finding.path ? `${finding.resource}: ${finding.path}` : finding.resource;
  return `${where} is ${finding.found}; need ${finding.needed}. ${finding.fix} [${finding.rule}]`;
}
