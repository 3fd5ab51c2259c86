import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import type { ExpectedLoad } from "../model/growth";
import { readStrictly } from "./files";

/** `stacks/<env>/load.yaml`: requests a second at the busiest moment, at launch and a year later (S-134). */
export const expectedLoadSchema = z.strictObject({
  launch: z.number().positive().max(10_000_000),
  inAYear: z.number().positive().max(10_000_000),
});

/** Reads what a stack expects; undefined where there is no file. */
export function readExpectedLoad(stackDir: string, stack: string): ExpectedLoad | undefined {
  const file = path.join(stackDir, stack, "load.yaml");
  return fs.existsSync(file) ? readStrictly(expectedLoadSchema, file) : undefined;
}
