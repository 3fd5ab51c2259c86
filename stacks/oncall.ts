import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { readStrictly } from "./files";

/** `stacks/<env>/oncall.yaml`: who is on call, whom to call next, and where alerts go (S-158, S-162). */
const person = { name: z.string().min(1), contact: z.string().min(1) };

export const onCallSchema = z.strictObject({
  /** Those who take turns, in their order. */
  rota: z.strictObject({
    people: z.array(z.strictObject(person)).min(2, "at least two people: one sleeps"),
    /** Days a turn lasts. */
    days: z.int().min(1).max(28),
    /** First day of the first one's turn. */
    since: z.iso.date(),
  }),
  /** Whom to call when nobody answers, in this order. */
  escalation: z
    .array(z.strictObject({ role: z.string().min(1), ...person, afterMinutes: z.int().min(1) }))
    .min(1, "somebody to call when nobody answers"),
  alerts: z.strictObject({
    page: z.strictObject({ kind: z.enum(["pagerduty", "webhook"]) }),
    repeatMinutes: z.int().min(5),
    ticketHours: z.int().min(1),
  }),
  /** Where people talk while something is broken. */
  channels: z.strictObject({ incident: z.string().min(1), status: z.string().min(1) }),
});

export type OnCallFile = z.infer<typeof onCallSchema>;

/** Reads and checks a stack's rota; undefined where it has none. */
export function readOnCall(stackDir: string, stack: string): OnCallFile | undefined {
  const file = path.join(stackDir, stack, "oncall.yaml");
  if (!fs.existsSync(file)) return undefined;
  const where = path.join("stacks", stack, "oncall.yaml");
  return readStrictly(onCallSchema, file, where);
}
