import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import type { DeclaredLoad } from "../model/growth";
import { readStrictly } from "./files";

const amount = z.number().positive().max(10_000_000);
const growing = { launch: amount, inAYear: amount };

/** `stacks/<env>/load.yaml`: requests a second at the busiest moment, at launch and a year later; what stores and queue are to bear then (S-134, S-136). */
export const expectedLoadSchema = z.strictObject({
  ...growing,
  database: z
    .strictObject({ perSecond: amount, p95Ms: amount, gibibytes: z.strictObject(growing).optional() })
    .optional(),
  objects: z
    .strictObject({
      perSecond: amount,
      kibibytes: z.int().min(1).max(1_048_576),
      p95Ms: amount,
      gibibytes: z.strictObject(growing).optional(),
    })
    .optional(),
  jobs: z
    .strictObject({
      perMinute: z.strictObject(growing),
      seconds: z.number().positive().max(86_400),
      atOnce: z.int().min(1).max(1_000).default(1),
    })
    .optional(),
});

/** Reads what a stack expects; undefined where there is no file. */
export function readExpectedLoad(stackDir: string, stack: string): DeclaredLoad | undefined {
  const file = path.join(stackDir, stack, "load.yaml");
  return fs.existsSync(file) ? readStrictly(expectedLoadSchema, file) : undefined;
}
