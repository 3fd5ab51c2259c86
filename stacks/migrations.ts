import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { readStrictly } from "./files";

const text = z.string().trim().min(1).max(500);

/** `stacks/<env>/migrations.yaml`: how a release changes databases; it decides what can be gone back to (decision 16). */
export const migrationsSchema = z.strictObject({
  migrations: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[\w.-]{1,100}$/, "letters, digits and . _ -"),
        /** Name of the store. */
        store: text,
        what: text,
        /** Whether programs of the release before can work with the data afterwards. */
        reversible: z.boolean(),
      }),
    )
    .max(10_000)
    .refine(all => new Set(all.map(one => one.id)).size === all.length, "each id once"),
});

export type Migration = z.infer<typeof migrationsSchema>["migrations"][number];

/** Reads a stack's migrations, those of earlier releases included; none where there is no file. */
export function readMigrations(stackDir: string, stack: string): Migration[] {
  const file = path.join(stackDir, stack, "migrations.yaml");
  return fs.existsSync(file) ? readStrictly(migrationsSchema, file).migrations : [];
}
