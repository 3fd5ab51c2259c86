import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { evidenceKinds } from "../model/evidence";
import type { Calendar } from "../model/working-time";
import { readStrictly } from "./files";

const text = z.string().trim().min(1).max(200);
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const hours = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "hours in UTC, such as 08:00-16:00")
  .refine(one => one.slice(0, 5) < one.slice(6), "the earlier hour first");

/** `stacks/<env>/evidence.yaml`: what is expected, who makes it, who answers for it when it is missing or bad. */
export const registerSchema = z.strictObject({
  /** Who answers for rules that are not met: what is declared wrongly is nobody's evidence. */
  rules: text.optional(),
  /** When those who answer work, for the path to GO; of whom nothing is said works round the clock. UTC. */
  calendars: z
    .array(
      z.strictObject({
        owner: text,
        days: z.array(z.enum(weekdays)).min(1),
        hours,
        away: z
          .array(
            z
              .strictObject({ from: z.iso.date(), to: z.iso.date() })
              .refine(({ from, to }) => from <= to, "the earlier day first"),
          )
          .max(100)
          .optional(),
      }),
    )
    .max(100)
    .refine(all => new Set(all.map(one => one.owner)).size === all.length, "each owner once")
    .optional(),
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

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** The register's calendars, by owner. */
export const calendarsOf = ({ calendars = [] }: Register): Map<string, Calendar> =>
  new Map(
    calendars.map(({ owner, days, hours: clock, away = [] }) => {
      const [from, to] = clock.split("-") as [string, string];
      return [
        owner,
        {
          days: days.map(one => weekdays.indexOf(one)),
          ...{ from: minutesOf(from), to: minutesOf(to) },
          away: away.map(one => [Date.parse(one.from), Date.parse(one.to)] as const),
        },
      ];
    }),
  );
