import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { fail } from "../model/faults";
import { parseYamlStrictly } from "../model/strict";
import { tiers } from "../model/tier";

/** The file at the top of a repository that says how it is scanned, built, tried and released. */
export const settingsFile = "greenlight.yaml";

const day = z.iso.date();
const text = z.string().min(1);
const share = z.number().min(0).max(1);

/** One thing that a scan found and somebody looked at: why it is none, or is accepted until a day. */
const triageSchema = z.strictObject({
  /** File or pattern of files, from the top of the repository. */
  file: text,
  /** `GL-SCAN-02`. */
  rule: z.string().regex(/^GL-SCAN-\d\d$/, "a rule of the scan, such as GL-SCAN-02"),
  /** What stands there, as the finding's `subject` names it; otherwise whatever the rule finds in the file. */
  subject: text.optional(),
  /** `harmless`: it is not what the rule takes it for. `accepted`: it is, until the day; the scan is conditional at best. */
  as: z.enum(["harmless", "accepted"]),
  reason: z.string().min(10, "a reason of ten characters at least"),
  owner: text,
  /** Last day it counts; no later than a year after the day of the scan. */
  expires: day,
});
export type Triage = z.infer<typeof triageSchema>;

const forbiddenSchema = z.strictObject({
  id: text,
  /** Packages and modules, in any language; what stands below one is meant too. */
  modules: z.array(text).min(1),
  /** Functions whose call tells of it where the import cannot be seen. */
  calls: z.array(text).optional(),
  because: text,
  instead: text.optional(),
});
export type Forbidden = z.infer<typeof forbiddenSchema>;

const scanSchema = z.strictObject({
  /** Kinds of files, by the end of their names. */
  kinds: z.array(z.string().startsWith(".")).optional(),
  /** Folders that are left out, wherever they stand; of those below another, the path. */
  exclude: z.array(text).optional(),
  forbidden: z.array(forbiddenSchema).optional(),
  /** File or folder of advisories in OSV's format. */
  advisories: text.optional(),
  licences: z.strictObject({ allowed: z.array(text).min(1) }).optional(),
  /** Images that are deployed, by digest. */
  images: z.array(z.string().regex(/@sha256:[0-9a-f]{64}$/, "an image by digest: name@sha256:…")).optional(),
  /** Folder of reports about them, of Trivy or Grype. */
  imageReports: text.optional(),
  triage: z.array(triageSchema).optional(),
});
export type ScanSettings = z.infer<typeof scanSchema>;

const buildSchema = z.strictObject({
  name: text,
  /** Run by `sh -e`, in the repository or the folder named. */
  command: text,
  folder: text.optional(),
  environment: z.record(text, z.string()).optional(),
  /** Files that have to be there afterwards, as patterns. */
  artefacts: z.array(text).min(1),
  /** Built twice from the same commit, every artefact has to be the same byte for byte. */
  reproducible: z.boolean().optional(),
  minutes: z.number().positive().max(120).optional(),
});
export type Build = z.infer<typeof buildSchema>;

const apiSchema = z.strictObject({
  /** Collection in Postman's format, v2.1. */
  collection: text,
  /** Where it is asked; the collection reads it as {{url}}. With `start`, {port} is a free port. */
  url: z.string().regex(/^https?:\/\/[^\s/]+$/, "an address without a path, such as http://127.0.0.1:{port}"),
  /** Starts the service, which is ended afterwards. */
  start: z.strictObject({ command: text, environment: z.record(text, z.string()).optional() }).optional(),
  /** Path that answers 200 as soon as it is ready. */
  health: z.string().startsWith("/"),
  /** S-072: that answer has to take less, in milliseconds; 100 where nothing is said. */
  healthMs: z.number().positive().optional(),
  /** S-071: endpoints the collection has to ask at least. */
  endpoints: z.array(z.string().regex(/^[A-Z]+ \//, "a method and a path, such as GET /health")).optional(),
  /** S-076: a stream of events that has to open, and to stay open two seconds. */
  stream: z.string().startsWith("/").optional(),
  /** S-073: where a token is had for the stream. */
  login: z.strictObject({ path: z.string().startsWith("/"), body: z.record(text, z.unknown()) }).optional(),
});
export type ApiSettings = z.infer<typeof apiSchema>;

const triggersSchema = z.strictObject({
  /** Share of requests that fail, above which the release is taken back. */
  errorRate: share.optional(),
  /** P95 in milliseconds, above which it is. */
  p95Ms: z.number().positive().optional(),
  /** Where the numbers come from, such as `drill record` or `service objective`. */
  from: text,
});
export type Triggers = z.infer<typeof triggersSchema>;

const releaseSchema = z.strictObject({
  service: text,
  /** What the commands reach. Processes of one machine rehearse a release; they do not prove one. */
  target: z.enum(["cluster", "processes"]).optional(),
  /** What a tag has to look like, as a regular expression. */
  tag: text,
  /** Work that the release holds, by its number. */
  phases: z.array(z.strictObject({ id: text, title: text })).min(1),
  /** Branch that releases are cut from. */
  branch: text.optional(),
  /** Folder of migrations in SQL. */
  migrations: text.optional(),
  /** A file each, `<version>.yaml`: who approved what. */
  approvals: text.optional(),
  people: z.strictObject({ onCall: text, teams: z.array(text).min(1), contacts: z.array(text).min(1) }),
  playbook: text.optional(),
  guide: text.optional(),
  stages: z
    .array(z.strictObject({ name: text, percent: z.number().min(1).max(100), minutes: z.number().min(0) }))
    .min(1)
    .optional(),
  triggers: z.array(triggersSchema).optional(),
  /** Commands run by `sh -e`; VERSION, PREVIOUS, COMMIT, PERCENT and RELEASE (a folder) are set. Health and measure are of VERSION. */
  commands: z.strictObject({
    deploy: text,
    /** Sends PERCENT of the traffic to VERSION. */
    shift: text,
    /** Exits 0 when VERSION is well. */
    health: text,
    /** Prints `{"requests": n, "failed": n, "p95Ms": n}` of what VERSION answered since the stage began. */
    measure: text,
    /** Brings PREVIOUS back, whatever the state; run again it does no harm. */
    rollback: text,
    /** Removes what is left of VERSION after it was taken back. */
    clean: text.optional(),
    /** Exits 0 when PREVIOUS can be deployed again: its image is there, its passport known. */
    deployable: text.optional(),
    /** Exits 0 when what users do works on VERSION; run when all traffic goes there. */
    verify: text.optional(),
  }),
  /** How often a stage is looked at, in seconds. */
  everySeconds: z.number().positive().optional(),
  /** Requests of a stage that have to be counted before it says anything. */
  leastRequests: z.int().min(1).optional(),
  /** Share of the error budget that is left, as a file written by whoever measures it: `{"left": 0.4, "at": …}`. */
  errorBudget: text.optional(),
});
export type ReleaseSettings = z.infer<typeof releaseSchema>;

export const settingsSchema = z.strictObject({
  tier: z.enum(tiers).optional(),
  /** The catalogue that was in force when it was last accepted. */
  catalogue: text.optional(),
  scan: scanSchema.optional(),
  builds: z.array(buildSchema).optional(),
  api: apiSchema.optional(),
  release: releaseSchema.optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Reads a repository's settings; one without the file has none. */
export function readSettings(repository: string): Settings {
  const file = path.join(repository, settingsFile);
  if (!fs.existsSync(file)) return {};
  return parseYamlStrictly(settingsSchema, fs.readFileSync(file, "utf8"), settingsFile);
}

/** A path of the settings, which may not lead out of the repository. */
export function insideOf(repository: string, place: string, key: string): string {
  const full = path.resolve(repository, place);
  if (path.relative(repository, full).startsWith(".."))
    throw fail(`${settingsFile}: ${key}`, `"${place}"`, "a path inside the repository");
  return full;
}
