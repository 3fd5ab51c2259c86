import { z } from "zod";
import { dimensions } from "./dimension";
import { outcomes, severities, verdicts } from "./outcome";
import { tiers } from "./tier";
import { waiverCategories } from "./waiver";

const outcome = z.enum(outcomes);
const count = z.int().min(0);

const need = z.strictObject({
  /** The kind of evidence, or "attestation". */
  need: z.string(),
  /** What is to be stated, where people's word is needed. */
  statement: z.string().optional(),
  state: outcome,
  reason: z.string(),
  inspected: count,
  file: z.string().optional(),
  /** Whether somebody known vouches for it. */
  signed: z.boolean(),
  /** Older evidence that newer stands in for. */
  superseded: count,
});

/** The canonical verdict: every report, every output format and `--json` are projections of this. */
export const verdictSchema = z.strictObject({
  schema: z.literal("greenlight.verdict/1"),
  verdict: z.enum(verdicts),
  /** One sentence: why it is this verdict. */
  reason: z.string(),
  stack: z.string(),
  project: z.string(),
  tier: z.enum(tiers),
  /** What the verdict was computed from. */
  basis: z.strictObject({
    /** The engine's preview, the in-process run, manifests, an exported state, or what a cluster holds. */
    source: z.enum(["preview", "in-process", "manifests", "state", "cluster"]),
    /** Digest of rules and items. */
    catalogue: z.string(),
    /** SHA-256 of the pack that judged. */
    pack: z.string(),
    /** Resources judged. */
    resources: count,
    /** What stood in for a real part; a verdict above tier `local` that rests on it is simulated. */
    simulated: z.array(z.string()),
  }),
  counts: z.record(outcome, count),
  items: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      state: outcome,
      inspected: count,
      rules: z.array(z.string()),
      reason: z.string(),
      /** What it needs besides rules, where evidence was judged. */
      needs: z.array(need).optional(),
    }),
  ),
  /** The five dimensions, where evidence was judged: they inform, gates decide. */
  dimensions: z
    .array(
      z.strictObject({
        name: z.enum(dimensions),
        /** Out of ten, with one decimal; at most five where an item is not met. */
        score: z.number().min(0).max(10),
        met: count,
        asked: count,
      }),
    )
    .optional(),
  /** What is declared, what the design can attain, and what was measured, side by side (decision 14); times in minutes. */
  promises: z
    .array(
      z.strictObject({
        /** `RPO`, `P95`. */
        what: z.string(),
        /** A store or a service; "" for the stack as a whole. */
        of: z.string(),
        unit: z.enum(["min", "ms", "%"]),
        declared: z.number(),
        provable: z.number().optional(),
        measured: z.number().optional(),
        state: outcome,
      }),
    )
    .optional(),
  /** Every file of evidence that was read, where evidence was judged. */
  evidence: z
    .array(
      z.strictObject({
        file: z.string(),
        sha256: z.string(),
        /** What it was recognised as; absent for a file that nothing knows. */
        format: z.string().optional(),
        kind: z.string().optional(),
        /** The milestone its kind belongs to, as the register says (S-015). */
        milestone: z.string().optional(),
        /** When gathering ended, UTC. */
        ended: z.string().optional(),
        environment: z.string().optional(),
        /** Who signed for it. */
        producer: z.string().optional(),
        /** What it establishes, by name; units are in the names. */
        facts: z.record(z.string(), z.union([z.number(), z.boolean()])).optional(),
      }),
    )
    .optional(),
  /** The moment it was judged at, UTC, where evidence was judged. */
  at: z.string().optional(),
  /** When the stack was deployed first, UTC, where its backend was asked and it ever was: post-launch actions are counted from it. */
  firstDeployed: z.string().optional(),
  /** It is deployed although it may not be, by an override (decision 16): the verdict stays what it is. */
  overridden: z
    .strictObject({
      incident: z.string(),
      reason: z.string(),
      resources: z.array(z.string()),
      until: z.string(),
      signedBy: z.array(z.string()),
      /** Id of the document. */
      document: z.string(),
    })
    .optional(),
  /** The exceptions that cover a finding here; absent where nothing is waived. Days are UTC, `YYYY-MM-DD`. */
  waivers: z
    .array(
      z.strictObject({
        rule: z.string(),
        resource: z.string(),
        path: z.string().optional(),
        category: z.enum(waiverCategories),
        reason: z.string(),
        owner: z.string(),
        approver: z.string(),
        created: z.string(),
        expires: z.string(),
        /** Whether the approver signed the file it stands in. */
        signed: z.boolean(),
      }),
    )
    .optional(),
  rules: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      state: outcome,
      inspected: count,
      severity: z.enum(severities),
    }),
  ),
  findings: z.array(
    z.strictObject({
      rule: z.string(),
      state: outcome,
      severity: z.enum(severities),
      urn: z.string(),
      resource: z.string(),
      path: z.string(),
      found: z.string(),
      needed: z.string(),
      fix: z.string(),
      message: z.string(),
      /** Where it stands in what was read, for manifests: the file as it was named, the line from 1. */
      file: z.string().optional(),
      line: z.int().min(1).optional(),
    }),
  ),
});

export type Verdict = z.infer<typeof verdictSchema>;
