import type { Tier } from "./tier";

/** The numbers that evidence is held to (requirements.md §1.5), with the requirement each comes from. Times in milliseconds. */
export interface Limits {
  /** S-032, S-122: the API's P95 has to be below. */
  p95Ms: number;
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

const hourMs = 3_600_000;

const asked: Limits = {
  p95Ms: 500,
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
