import type { Outcome, VerdictWord } from "./outcome";

/** A file that belongs to a release (S-045 to S-048, S-063). */
export interface Deliverable {
  path: string;
  description: string;
  state: "there" | "missing";
  sha256?: string;
}

/** A point of a checklist, filled from a fact or from what somebody stated; open where neither is there. */
export interface Point {
  id: string;
  title: string;
  state: "met" | "not met" | "open";
  /** What shows it. */
  from: string;
}

export interface Stage {
  name: string;
  percent: number;
  plannedMinutes: number;
  state: "passed" | "rolled back" | "waiting" | "not reached";
  watchedSeconds: number;
  looks: number;
  healthy: boolean | null;
  requests: number | null;
  errorRate: number | null;
  p95Ms: number | null;
}

/** What a release was, and how it went: every field of document 3 (S-045 to S-112). Times in UTC; null is "nobody measured it". */
export interface ReleaseRecord {
  schema: "greenlight.release-record/1";
  service: string;
  verdict: VerdictWord;
  outcome: "released" | "rolled back" | "refused" | "under way";
  started: string;
  ended: string;
  attempt: number;
  /** S-094, S-108 to S-110. */
  identity: {
    version: string;
    previous: string | null;
    commit: { sha: string; subject: string; date: string };
    tag: { name: string; annotated: boolean; pushed: boolean | null; message: string };
    phases: { id: string; title: string }[];
  };
  deliverables: Deliverable[];
  gates: {
    /** S-049. */
    order: string[];
    /** S-050 to S-058. */
    scan: {
      verdict: VerdictWord;
      scans: { id: string; title: string; found: number }[];
      filesScanned: number;
      kinds: readonly string[];
      excluded: readonly string[];
      command: string;
      forbidden: string[];
      tokens: string[];
      environment: { hits: number; byClass: Record<string, number>; samples: string[] };
      realRisks: number;
      compliance: "compliant" | "not compliant";
    } | null;
    /** S-059 to S-063. */
    builds: {
      builds: {
        name: string;
        command: string;
        success: boolean;
        problem?: string;
        seconds: number;
        artefacts: { path: string; bytes: number; sha256: string }[];
      }[];
      summary: { total: number; ok: number; failed: number; seconds: number; passRate: number; status: string };
      census: Record<string, { files: number; bytes: number }>;
      timestamp: string;
    } | null;
    /** S-064 to S-076. */
    api: {
      test_summary: { total: number; passed: number; failed: number; duration: number; status: string };
      test_results: { name: string; status: string; assertions: string; ms: number }[];
      response: { count: number; p95Ms: number; proven: boolean };
      endpoints: string[];
      health: { status: number; ms: number };
      stream: { status: number; heldMs: number } | null;
    } | null;
  };
  /** S-077 to S-081. */
  rollout: { plannedMinutes: number; gatedOn: string[]; abilities: string[]; stages: Stage[] };
  /** S-082 to S-094. */
  rollback: {
    triggers: { automatic: string[]; manual: string[]; conflicts: string[] };
    trigger: { name: string; text: string; at: string } | null;
    steps: { name: string; state: "done" | "failed" | "not begun"; seconds: number | null; note?: string }[];
    seconds: number | null;
    verification: {
      probes: number;
      everySeconds: number;
      healthy: boolean | null;
      errorRate: number | null;
      p95Ms: number | null;
    };
    blastRadius: {
      percentOfUsers: number;
      requestsFailed: number | null;
      outageSeconds: number | null;
      dataLoss: number | null;
      degradation: string;
    };
    success: { done: number; of: number };
    guide: string | null;
    playbook: string | null;
    system: { process: string; contacts: string[]; verification: string; postMortem: string };
  };
  /** S-090: the course, as a log. */
  log: { time: string; level: "info" | "warning" | "error"; component: string; message: string }[];
  /** S-095: the course as a diagram in Mermaid's language. */
  pipeline: string;
  /** S-096, S-097. */
  monitoring: { health: string; metrics: string; alerts: string; onCall: string };
  /** S-098 to S-100. */
  readiness: Record<"technical" | "operational" | "business", { title: string; state: Outcome; found: string }[]>;
  /** S-101 to S-105. */
  checklists: Record<"before" | "during" | "after", { met: number; of: number; points: Point[] }>;
  /** S-106. */
  metrics: {
    passRates: Record<"scan" | "builds" | "tests" | "rollback", number | null>;
    seconds: Record<"builds" | "tests" | "rollback" | "release", number | null>;
  };
  /** S-107. */
  lessons: { success: string[]; improvements: string[] };
  /** S-111. */
  conclusion: string;
  /** S-112. */
  capabilities: { name: string; shown: boolean; by: string }[];
}
