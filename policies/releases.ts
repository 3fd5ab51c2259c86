import * as fs from "node:fs";
import * as path from "node:path";

/** What was deployed and when: what a rollback goes back to (decision 16). Guard and pack read it, so it imports nothing but node. */

/** One deployment under a passport. */
export interface Release {
  /** When, in UTC. */
  at: string;
  commit: string;
  /** Id of its passport. */
  passport: string;
  verdict: string;
  changes: Record<string, number>;
  /** Database migrations of this release after which older programs cannot read the data, by id. */
  irreversible?: string[];
  /** It went back to an earlier release. */
  rollback?: boolean;
}

/** A file of a stack's history: of its verdicts, or of something else that is named. A stack's name cannot lead out of the folder. */
export const historyFile = (dir: string, stack: string, what = ""): string =>
  path.join(dir, `${stack.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_")}${what}.jsonl`);

/** A stack's deployments, oldest first; lines that are none are passed over: nothing can be gone back to by them. */
export function readReleases(dir: string, stack: string): Release[] {
  const file = historyFile(dir, stack, ".releases");
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, "utf8")
    .split("\n")
    .flatMap(line => {
      try {
        const one = JSON.parse(line) as Release;
        return typeof one.passport === "string" && !Number.isNaN(Date.parse(one.at)) ? [one] : [];
      } catch {
        return [];
      }
    });
}

/**
 * The release that a passport was deployed with, if it may be deployed again: it is the last one or the one before it, and nothing after
 * it changed a database so that it could not read it.
 */
export function releaseOf(releases: readonly Release[], passport: string): Release | { fault: string } {
  const at = releases.findLastIndex(one => one.passport === passport && !one.rollback);
  const release = releases[at];
  if (!release) return { fault: "the ledger knows no deployment under it" };
  const later = releases.slice(at + 1).filter(one => !one.rollback);
  const others = new Set(later.map(one => one.passport)).size;
  if (others > 1) return { fault: `${others} releases came after it; a rollback goes back by one` };
  const had = new Set(release.irreversible);
  const hit = later.flatMap(one => one.irreversible ?? []).find(id => !had.has(id));
  return hit === undefined
    ? release
    : { fault: `migration ${hit} came after it and cannot be undone: it could not read the data` };
}
