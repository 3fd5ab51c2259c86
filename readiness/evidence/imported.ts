import type { Attestation, EvidenceKind } from "../../model/evidence";
import type { Source } from "../documents/read";

/** Names of facts, each with its unit; what an importer cannot find it leaves out. */
export interface FactValues {
  /** Requests, cases, samples: what was counted, and what of it failed. */
  total: number;
  failed: number;
  p95Ms: number;
  /** P95 of asynchronous jobs, from coming to their end. */
  jobP95Ms: number;
  /** Share, 0 to 1. */
  coverage: number;
  /** High and critical findings. */
  severe: number;
  /** Vulnerabilities by severity, those that a newer version mends, and when the oldest severe one was published (milliseconds since 1970). */
  critical: number;
  high: number;
  medium: number;
  low: number;
  fixable: number;
  oldestSevereAt: number;
  /** Files, packages, components looked at. */
  inspected: number;
  rtoMs: number;
  rpoMs: number;
  rollbackMs: number;
  /** Objectives looked at, and those that are missed or whose budget is spent. */
  objectives: number;
  missed: number;
  pages: number;
  pagesActedOn: number;
  /** Own limits of the tool that were broken, as it says itself. */
  brokenLimits: number;
  /** When a scanner's database was built, in milliseconds since 1970. */
  databaseAt: number;
  /** Whether it ended well, by its own word. */
  succeeded: boolean;
}
export type FactName = keyof FactValues;

/** What a file of evidence says, whatever tool wrote it. */
export interface Imported {
  file: string;
  /** SHA-256 of the file, in hex. */
  sha256: string;
  /** What the file was recognised as, such as "k6 summary". */
  format: string;
  kind: EvidenceKind;
  facts: Partial<FactValues>;
  /** Where in the file each fact stands, as a pointer or in words. */
  at: Partial<Record<FactName, string>>;
  /** When gathering ended, in milliseconds since 1970; undefined where neither file nor statement says. */
  endedMs?: number;
  /** The stack or environment it was gathered in. */
  environment?: string;
  images?: string[];
  /** What was exercised, where several things of a kind are: a newer run stands in for an older one of the same alone. */
  what?: string;
  /** Stores that a restore was of, as `namespace/name`. */
  stores?: string[];
  commit?: string;
  /** SHA-256 of the spec that was exercised (`stacks/spec.ts`). */
  config?: string;
  /** Who vouches for it; absent means nobody does. */
  producer?: string;
  /** Why it proves nothing of a real system: simulated, or rehearsed on processes of one machine. */
  simulated?: string;
  /** Where file and statement do not say the same. */
  conflict?: string;
}

/** What an importer gives; the rest follows from the file. */
export type Found = Pick<Imported, "format" | "kind" | "facts"> &
  Partial<
    Pick<
      Imported,
      "at" | "endedMs" | "environment" | "images" | "commit" | "config" | "producer" | "simulated" | "what" | "stores"
    >
  >;

/** Tells by content whether a file is of its format; undefined where it is not. */
export type Importer = (source: Source, value: unknown) => Found[] | undefined;

export interface Evidence {
  imported: Imported[];
  /** People's word; signed where the key is that of who says so. */
  attestations: (Attestation & { file: string; sha256: string; signed: boolean })[];
  /** Files that no importer knows: they prove nothing, and are named so that nobody thinks they do. */
  unknown: { file: string; sha256: string }[];
}

export type Values = Record<string, unknown>;
export const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const objects = (value: unknown): Values[] => (Array.isArray(value) ? value.filter(isObject) : []);
/** Whether a list holds objects only; one that holds anything else was not written by its tool. */
export const isWhole = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every(isObject));
/** A number that can be counted with; a text of digits is one, NaN and infinity are none. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
export const countOf = (value: unknown): number | undefined => {
  const number = numberOf(value);
  return number !== undefined && Number.isInteger(number) && number >= 0 ? number : undefined;
};
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
/** A time that says its zone, in milliseconds since 1970. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== "string" || !/(Z|[+-]\d{2}:?\d{2})$/.test(value.trim())) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}
/** An object without the members that are not known. */
export const known = <T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never;
