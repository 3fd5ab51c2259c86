import { z } from "zod";
import { outcomes, severities, verdicts } from "./outcome";
import { tiers } from "./tier";

const outcome = z.enum(outcomes);
const count = z.int().min(0);

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
    }),
  ),
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
