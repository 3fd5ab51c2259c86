import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { evidenceKinds } from "../model/evidence";
import { readStrictly } from "./files";

const text = z.string().trim().min(1).max(200);

/** `stacks/<env>/evidence.yaml`: what is expected, who makes it, who answers for it when it is missing or bad. */
export const registerSchema = z.strictObject({
  /** Who answers for rules that are not met: what is declared wrongly is nobody's evidence. */
  rules: text.optional(),
  evidence: z
    .array(
      z.strictObject({
        kind: z.enum(evidenceKinds),
        owner: text,
        milestone: text.optional(),
        /** Name of the key in the trust root that has to vouch for it; production counts nothing else. */
        producer: text.optional(),
        /** Files and folders of the checkout that it exercises: when one changes, it is old. */
        covers: z.array(text).max(100).optional(),
        /** Hours a repair takes, at least and at most. */
        estimateHours: z
          .tuple([z.number().min(0), z.number().max(2_000)])
          .refine(([least, most]) => least <= most, "the smaller number first")
          .optional(),
        /** Kinds whose repair has to come first. */
        dependsOn: z.array(z.enum(evidenceKinds)).optional(),
      }),
    )
    .max(100)
    .refine(all => new Set(all.map(one => one.kind)).size === all.length, "each kind once"),
});

export type Register = z.infer<typeof registerSchema>;

export const registerFile = (stackDir: string, stack: string): string => path.join(stackDir, stack, "evidence.yaml");

/** Reads and checks a stack's register; empty where there is no file. */
export function readRegister(file: string): Register {
  return fs.existsSync(file) ? readStrictly(registerSchema, file) : { evidence: [] };
}
