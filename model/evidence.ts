import { z } from "zod";

/** Kinds of evidence that decide items besides rules: what was measured, scanned or drilled. */
export const evidenceKinds = [
  "alert history",
  "API test",
  "build report",
  "change record",
  "coverage",
  "failure drill",
  "image scan",
  "load test",
  "log sample",
  "migration check",
  "objective snapshot",
  "probe result",
  "restore drill",
  "rollback drill",
  "rollout record",
  "SBOM",
  "source scan",
  "stress test",
  "trace sample",
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** Kinds that only a running system gives; the others are about what is to be deployed. */
export const givenByRunning: ReadonlySet<EvidenceKind> = new Set<EvidenceKind>([
  ...(["alert history", "API test", "failure drill", "load test", "log sample", "objective snapshot"] as const),
  ...(["probe result", "restore drill", "rollback drill", "rollout record", "stress test", "trace sample"] as const),
]);

/** Kinds that are about a change, whatever it is a change of; the others are about programs that serve. */
export const aboutAnyChange: ReadonlySet<EvidenceKind> = new Set<EvidenceKind>(["change record", "source scan"]);

/**
 * The evidence envelope: what every piece of evidence says about itself, whoever made it (decision 15). Drills, scans
 * and importers all fill this one; the facts inside are theirs.
 */
export const evidenceSchema = z.strictObject({
  schema: z.literal("greenlight.evidence/1"),
  kind: z.enum(evidenceKinds),
  /** What the evidence is about. */
  subject: z.strictObject({
    stack: z.string().min(1),
    /** What was exercised, where several things of a kind are: `restore postgres`. A newer run of it stands in for an older one. */
    what: z.string().min(1).max(200).optional(),
    /** Stores that a restore was of, as `namespace/name`. */
    stores: z.array(z.string().min(1).max(300)).optional(),
    /** Commit the subject was built from, in hex. */
    commit: z
      .string()
      .regex(/^[0-9a-f]{7,64}$/)
      .optional(),
    /** Image digests covered, `sha256:…`. */
    images: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)).optional(),
    /** Resources covered: URN patterns. */
    covers: z.array(z.string()).optional(),
  }),
  /** Where it was gathered: a stack's name, the repository itself, or this machine's processes, which only rehearse. */
  environment: z.strictObject({
    name: z.string().min(1),
    kind: z.enum(["cluster", "repository", "processes", "simulated"]),
  }),
  /** Who made it: a key id or a CI identity; absent means unsigned. */
  producer: z.string().optional(),
  /** When gathering began and ended, UTC. */
  started: z.iso.datetime(),
  ended: z.iso.datetime(),
  /** What was exercised and in which version, such as `postgres` → `18.4`. */
  engines: z.record(z.string(), z.string()),
  /** SHA-256 of the configuration exercised, in hex. */
  config: z.string().regex(/^[0-9a-f]{64}$/),
  /** Written before gathering began, so that old results cannot be passed off as new. */
  nonce: z.string().regex(/^[0-9a-f]{16,64}$/),
  /** What was established, each with the number of samples behind it. */
  facts: z.array(
    z.strictObject({
      name: z.string().min(1),
      value: z.union([z.number(), z.string(), z.boolean()]),
      unit: z.string().optional(),
      samples: z.int().min(0),
      /** Where in the source the fact stands, such as `results.json#/metrics/p95`. */
      at: z.string().optional(),
    }),
  ),
});

export type Evidence = z.infer<typeof evidenceSchema>;

/** Something people state because nothing measures it: an item's attestation, and who says so when. */
export const attestationSchema = z.strictObject({
  schema: z.literal("greenlight.attestation/1"),
  /** `E.1.2`. */
  item: z.string().regex(/^[A-F]\.\d(\.\d)?$/),
  /** What is stated, word for word as the item asks for it. */
  statement: z.string().min(1),
  stack: z.string().min(1),
  by: z.string().min(1),
  at: z.iso.datetime(),
});

export type Attestation = z.infer<typeof attestationSchema>;
