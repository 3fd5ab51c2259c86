import type { Tier } from "./tier";

/** The numbers that evidence is held to (requirements.md §1.5), with the requirement each comes from. Times in milliseconds. */
export interface Limits {
  /** S-032, S-122: the API's P95 has to be below. */
  p95Ms: number;
  /** S-123: the P95 of AI analysis jobs, from coming to their end, has to be below. */
  jobMs: number;
  /** S-033: failed requests, as a share, have to be below. */
  errorRate: number;
  /** S-030: end-to-end and API tests that pass, as a share, at least. */
  passRate: number;
  /** Ours: lines covered, as a share, at least. */
  coverage: number;
  /** S-010, S-057: high and critical findings of a scan, at most. */
  severeFindings: number;
  /** S-131: restoring has to take less. */
  rtoMs: number;
  /** S-132: a restore has to lose less. */
  rpoMs: number;
  /** S-156: rolling back has to take less. */
  rollbackMs: number;
  /** S-149: pages that somebody acted on, as a share, at least. */
  pagesActedOn: number;
  /** How old a scanner's database may be. */
  scannerDatabaseMs: number;
}

/** How a limit is told: what it is about, where it comes from, and how it reads in the unit people use. */
export interface LimitText {
  what: string;
  /** Whether a number has to stay below it, or to reach it. */
  bound: "below" | "at least" | "at most";
  /** Requirement; "ours" where the documents give none. */
  source: string;
  unit: string;
  /** How many of the limit's own units make one of `unit`. */
  per: number;
}

const hourMs = 3_600_000;

export const limitTexts: Record<keyof Limits, LimitText> = {
  p95Ms: { what: "P95 of the API", bound: "below", source: "S-032, S-122", unit: "ms", per: 1 },
  jobMs: { what: "P95 of AI jobs", bound: "below", source: "S-123", unit: "min", per: 60_000 },
  errorRate: { what: "failed requests", bound: "below", source: "S-033", unit: "%", per: 0.01 },
  passRate: { what: "tests that pass", bound: "at least", source: "S-030", unit: "%", per: 0.01 },
  coverage: { what: "lines covered", bound: "at least", source: "ours", unit: "%", per: 0.01 },
  severeFindings: { what: "severe findings of a scan", bound: "at most", source: "S-010, S-057", unit: "", per: 1 },
  rtoMs: { what: "time to restore", bound: "below", source: "S-131", unit: "min", per: 60_000 },
  rpoMs: { what: "loss of a restore", bound: "below", source: "S-132", unit: "min", per: 60_000 },
  rollbackMs: { what: "time to roll back", bound: "below", source: "S-156", unit: "min", per: 60_000 },
  pagesActedOn: { what: "pages that somebody acted on", bound: "at least", source: "S-149", unit: "%", per: 0.01 },
  scannerDatabaseMs: { what: "age of a scanner's database", bound: "at most", source: "ours", unit: "h", per: hourMs },
};

const asked: Limits = {
  p95Ms: 500,
  jobMs: 5 * 60_000,
  errorRate: 0.005,
  passRate: 0.9,
  coverage: 0.8,
  severeFindings: 0,
  rtoMs: 4 * hourMs,
  rpoMs: hourMs,
  rollbackMs: 10 * 60_000,
  pagesActedOn: 0.5,
  scannerDatabaseMs: 24 * hourMs,
};

/** Every tier that asks for evidence at all is held to the same numbers: what staging lets pass, production would find out. */
export const limits: Record<Tier, Limits> = { local: asked, staging: asked, production: asked };
