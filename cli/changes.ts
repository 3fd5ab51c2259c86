import { spawnSync } from "node:child_process";

/** Files of a checkout that are others now than at a commit, committed or not; undefined where git does not know the commit. */
export function changedSince(dir: string): (commit: string) => readonly string[] | undefined {
  const known = new Map<string, readonly string[] | undefined>();
  return commit => {
    // A word that is no id could be an option to git.
    if (!/^[0-9a-f]{7,64}$/.test(commit)) return undefined;
    if (!known.has(commit)) known.set(commit, ask(dir, commit));
    return known.get(commit);
  };
}

function ask(dir: string, commit: string): readonly string[] | undefined {
  const done = spawnSync("git", ["diff", "--name-only", "-z", commit, "--"], {
    cwd: dir,
    encoding: "utf8",
    timeout: 30_000,
  });
  return done.status === 0 ? done.stdout.split("\0").filter(Boolean) : undefined;
}
