import { spawnSync } from "node:child_process";
import { root } from "../local/state";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";

/** What can be signed for: all that git tracks, as it stands, with nothing changed beside it. */
export interface Commit {
  id: string;
  /** Paths, sorted. */
  files: string[];
  /** Addresses of who made and who committed it. */
  authors: string[];
}

const gitIn = (dir: string, ...args: string[]) =>
  spawnSync("git", args, { cwd: dir, encoding: "utf8", timeout: 60_000, maxBuffer: 256 * 1024 * 1024 });

/** The id of a checkout's commit; undefined where something is changed beside it, or where there is none. */
export function cleanCommit(dir = root): string | undefined {
  const changed = gitIn(dir, "status", "--porcelain");
  if (changed.status !== 0 || changed.stdout.trim() !== "") return undefined;
  return gitIn(dir, "rev-parse", "HEAD").stdout.trim() || undefined;
}

/** The commit that is signed for; a UserError where the checkout is none, or changed. */
export function commitToSign(): Commit {
  const read = (...args: string[]): string => {
    const { status, stdout, stderr } = gitIn(root, ...args);
    if (status === 0) return stdout;
    const said = (stderr ?? "").trim().split("\n").at(-1);
    throw fail("git", `failing (${said})`, "a checkout", undefined, exitCodes.engineFailed);
  };
  const changed = read("status", "--porcelain").split("\n").filter(Boolean);
  if (changed.length > 0)
    throw fail(
      "the checkout",
      `changed in ${changed.length} places (${changed[0]!.trim()})`,
      "a commit with nothing beside it",
      "Commit, or put it away.",
      exitCodes.usage,
    );
  const files = read("ls-tree", "-r", "--name-only", "-z", "HEAD").split("\0").filter(Boolean);
  const authors = read("log", "-1", "--format=%ae%n%ce").split("\n").filter(Boolean);
  return { id: read("rev-parse", "HEAD").trim(), files: files.sort(), authors: [...new Set(authors)] };
}
