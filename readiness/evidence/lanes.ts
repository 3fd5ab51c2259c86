import { z } from "zod";
import type { Source } from "../documents/read";
import { valueOf } from "../documents/read";

/** How a release went, as its record tells it: each step of traffic with what was seen there. */
const laneSchema = z.object({
  schema: z.literal("greenlight.release-record/1"),
  service: z.string().max(200),
  outcome: z.string().max(50),
  identity: z.object({ version: z.string().max(200) }),
  rollout: z.object({
    stages: z
      .array(
        z.object({
          name: z.string().max(200),
          percent: z.number().min(0).max(100),
          state: z.string().max(50),
          watchedSeconds: z.number().min(0),
          requests: z.number().min(0).nullable(),
          errorRate: z.number().min(0).max(1).nullable(),
          p95Ms: z.number().min(0).nullable(),
        }),
      )
      .max(50),
  }),
  rollback: z.object({
    trigger: z.object({ text: z.string().max(500) }).nullable(),
    seconds: z.number().min(0).nullable(),
    steps: z
      .array(z.object({ name: z.string().max(200), state: z.string().max(50), seconds: z.number().min(0).nullable() }))
      .max(50),
  }),
});

export type ReleaseLane = z.infer<typeof laneSchema> & { file: string };

/** The releases whose records lie among what was read. They are shown; what counts is the evidence beside them. */
export const lanesOf = (sources: readonly Source[]): ReleaseLane[] =>
  sources
    .filter(({ text }) => text.includes("greenlight.release-record/1"))
    .flatMap(source => {
      const { success, data } = laneSchema.safeParse(valueOf(source));
      return success ? [{ ...data, file: source.file }] : [];
    });
