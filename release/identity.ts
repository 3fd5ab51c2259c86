import { spawnSync } from "node:child_process";
import { fail } from "../model/faults";

/** What a release is, by git (S-108, S-109). */
export interface Identity {
  version: string;
  commit: { sha: string; subject: string; date: string; authors: string[] };
  tag: { exists: boolean; annotated: boolean; message: string; atHead: boolean };
  /** Whether the tag is at the remote; undefined where there is none, or it does not answer. */
  pushed: boolean | undefined;
  clean: boolean;
  /** Whether the commit is on the branch that releases are cut from. */
  merged: boolean;
  branch: string;
  /** Versions that were tagged before, oldest first. */
  earlier: string[];
}

/** Runs git; undefined where it fails. */
export function git(repository: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, {
    ...{ cwd: repository, encoding: "utf8", timeout: 60_000, maxBuffer: 256 * 1024 * 1024 },
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0" },
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** Reads what git knows of a version. @param pattern what tags of releases look like */
export function identify(repository: string, version: string, pattern: string, branch = "main"): Identity {
  const sha = git(repository, "rev-parse", "HEAD");
  if (sha === undefined) throw fail(repository, "no git repository with a commit", "one");
  const [subject = "", date = "", ...authors] = (
    git(repository, "log", "-1", "--format=%s%n%cI%n%ae%n%ce") ?? ""
  ).split("\n");
  const kind = git(repository, "cat-file", "-t", `refs/tags/${version}`);
  const remote = git(repository, "remote")?.split("\n")[0];
  const listed = remote ? git(repository, "ls-remote", "--tags", remote, `refs/tags/${version}`) : undefined;
  const tags = (git(repository, "tag", "--list", "--merged", "HEAD", "--sort=version:refname") ?? "").split("\n");
  const form = new RegExp(`^(?:${pattern})$`);
  return {
    version,
    commit: { sha, subject, date, authors: [...new Set(authors)].filter(Boolean) },
    tag: {
      exists: kind !== undefined,
      annotated: kind === "tag",
      message: kind === "tag" ? (git(repository, "tag", "--list", version, "--format=%(contents)") ?? "") : "",
      atHead: git(repository, "rev-parse", `refs/tags/${version}^{commit}`) === sha,
    },
    pushed: listed === undefined ? undefined : listed !== "",
    clean: git(repository, "status", "--porcelain") === "",
    merged: branchesOf(repository, branch).some(
      one => git(repository, "merge-base", "--is-ancestor", "HEAD", one) !== undefined,
    ),
    branch,
    earlier: tags.filter(one => form.test(one) && one !== version),
  };
}

/** A branch here and at the remote, as far as they are known: a clone of CI has only the latter. */
const branchesOf = (repository: string, branch: string): string[] =>
  [branch, `origin/${branch}`].filter(one => git(repository, "rev-parse", "--verify", "--quiet", one) !== undefined);

/** Files of a folder as they were at a version, by name. */
export function filesAt(repository: string, version: string, folder: string): Map<string, string> {
  const names = git(repository, "ls-tree", "--name-only", "-z", version, `${folder.replace(/\/$/, "")}/`) ?? "";
  return new Map(
    names
      .split("\0")
      .filter(name => name.endsWith(".sql"))
      .map(name => {
        // With its blanks: a migration that differs in one is not what was applied.
        const { stdout } = spawnSync("git", ["show", `${version}:${name}`], { cwd: repository, encoding: "utf8" });
        return [name.split("/").at(-1)!, stdout];
      }),
  );
}
