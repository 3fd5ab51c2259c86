import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import type { ScanSettings } from "../settings";

/** S-053: what is looked at, and what is not, unless the settings say otherwise. */
export const defaultKinds = [".py", ".js", ".ts", ".jsx", ".tsx", ".json", ".yaml", ".yml"] as const;
export const defaultExclude = ["tools", ".github", "__pycache__", ".git", "node_modules"] as const;
/** Files whose name tells that they hold secrets: they are looked through for secrets, whatever kinds are asked for. */
const secretFiles = /(^|\/)(\.env(\.[\w.-]+)?|[^/]+\.(pem|key|p12|pfx|properties|ini|toml|tfvars|sh))$/;
const buildFiles = /(^|\/)((Dockerfile|Containerfile)(\.[\w.-]+)?|[\w.-]+\.(dockerfile|Dockerfile|Containerfile))$/;
const lockFiles =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|requirements[\w.-]*\.txt|poetry\.lock|Pipfile\.lock|uv\.lock|go\.sum|Cargo\.lock|Gemfile\.lock|composer\.lock)$/;

/** The largest file that is read, in bytes; larger ones are named as not read. */
export const largest = 256 * 1024 * 1024;

/** A file that is looked at, and by what. */
export interface Listed {
  /** From the top of the repository, `/` between. */
  file: string;
  sources: boolean;
  secrets: boolean;
  container: boolean;
  lock: boolean;
}

/**
 * The files of a repository: those that git tracks or would, else all below the folder. Links are passed over.
 * @param staged only what is about to be committed
 */
export function listFiles(repository: string, settings: ScanSettings, staged = false): Listed[] {
  const kinds = settings.kinds ?? defaultKinds;
  const exclude = settings.exclude ?? defaultExclude;
  const isOut = (file: string): boolean => {
    const folders = file.split("/").slice(0, -1);
    return exclude.some(one =>
      one.includes("/") ? `${file}/`.startsWith(`${one.replace(/\/$/, "")}/`) : folders.includes(one),
    );
  };
  return namesOf(repository, staged)
    .filter(file => !isOut(file))
    .map(file => {
      const sources = kinds.some(kind => file.endsWith(kind));
      const lock = lockFiles.test(file);
      return {
        ...{ file, lock, sources: sources && !lock, container: buildFiles.test(file) },
        secrets: sources || secretFiles.test(file) || buildFiles.test(file),
      };
    })
    .filter(one => one.secrets || one.container || one.lock)
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

function namesOf(repository: string, staged: boolean): string[] {
  const git = (...args: string[]) =>
    spawnSync("git", args, { cwd: repository, encoding: "utf8", maxBuffer: 1024 * 1024 * 1024, timeout: 60_000 });
  const top = git("rev-parse", "--show-toplevel");
  if (top.status === 0) {
    const asked = staged
      ? git("diff", "--cached", "--name-only", "--relative", "--diff-filter=ACMR", "-z")
      : git("ls-files", "-z", "--cached", "--others", "--exclude-standard");
    if (asked.status !== 0) throw fail("git", `failing (${asked.stderr.trim()})`, "a list of files");
    const names = [...new Set(asked.stdout.split("\0").filter(Boolean))];
    return staged ? names : names.filter(file => isPlain(path.join(repository, file)));
  }
  if (staged) throw fail(repository, "no git checkout", "one, for --staged");
  const files: string[] = [];
  const walk = (dir: string): void => {
    for (const entry of fs.readdirSync(path.join(repository, dir), { withFileTypes: true })) {
      const file = dir === "" ? entry.name : `${dir}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== "node_modules" && entry.name !== ".git") walk(file);
      else if (entry.isFile()) files.push(file);
    }
  };
  walk("");
  return files;
}

const isPlain = (file: string): boolean => fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;

/** A file's text as it stands on disk, or as it is about to be committed; a word where it cannot be looked at. */
export function readText(
  repository: string,
  file: string,
  staged = false,
): { text: string } | { binary: true } | { unread: string } {
  let bytes: Buffer;
  if (staged) {
    const { stdout, status } = spawnSync("git", ["show", `:./${file}`], {
      ...{ cwd: repository, maxBuffer: largest, timeout: 60_000 },
    });
    if (status !== 0) return { unread: "git does not give it" };
    bytes = stdout;
  } else
    try {
      const { size } = fs.statSync(path.join(repository, file));
      if (size > largest) return { unread: `${Math.round(size / 1024 / 1024)} MiB long; at most 256 are read` };
      bytes = fs.readFileSync(path.join(repository, file));
    } catch (error) {
      return { unread: `unreadable (${(error as NodeJS.ErrnoException).code})` };
    }
  const start = bytes.subarray(0, 2);
  // UTF-16 as Windows writes it: half its bytes are 0 and it is text all the same.
  if (start.equals(Buffer.from([0xff, 0xfe]))) return { text: bytes.toString("utf16le") };
  if (bytes.subarray(0, 8_192).includes(0)) return { binary: true };
  return { text: bytes.toString("utf8") };
}
