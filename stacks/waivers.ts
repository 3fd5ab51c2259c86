import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import type { Waiver } from "../model/waiver";
import { waiverCategories } from "../model/waiver";
import { readStrictly } from "./files";

const text = z.string().trim().min(1).max(500);

/** `stacks/<env>/waivers.yaml`: exceptions, reviewed like any other change (decision 13). */
export const waiversSchema = z.strictObject({
  waivers: z
    .array(
      z.strictObject({
        rule: z.string().regex(/^GL-[A-Z]+-\d\d$/, "a rule's id such as GL-POD-01"),
        resource: text,
        path: text.optional(),
        category: z.enum(waiverCategories),
        reason: z.string().trim().min(20, "a reason of at least 20 characters").max(2_000),
        owner: text,
        approver: text,
        created: z.iso.date(),
        expires: z.iso.date(),
      }),
    )
    .max(1_000),
});

export const waiverFile = (stackDir: string, stack: string): string => path.join(stackDir, stack, "waivers.yaml");

/** Reads and checks a file of waivers; none where there is no file. Whether they are in force is a rule's business. */
export function readWaivers(file: string): Waiver[] {
  if (!fs.existsSync(file)) return [];
  const { waivers } = readStrictly(waiversSchema, file);
  return waivers.map(({ path: place, ...one }) => ({ ...one, ...(place === undefined ? {} : { path: place }) }));
}
