import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sha256 } from "../../model/canonical";
import { fail } from "../../model/faults";
import { capture } from "../process";
import type { VendorFile } from "./pins";

/** How long the vendor may take to answer at all before the next way is tried, in milliseconds. */
const answerMs = 4_000;
/** How long one download may take, in milliseconds. */
const downloadMs = 300_000;

/** Fetches what the makers publish, checked against the checksum they publish; false when they do not answer. */
export async function download(files: VendorFile[], dir: string, report: (text: string) => void): Promise<boolean> {
  for (const file of files) {
    const name = path.basename(new URL(file.url).pathname);
    const sums = await answer(file.checksumUrl);
    if (!sums) return false;
    const wanted = checksumOf(await sums.text(), name);
    if (!wanted) throw fail(file.checksumUrl, `without a SHA-256 of ${name}`, "one");
    const response = await answer(file.url);
    if (!response) return false;
    report(`downloading ${name}`);
    const data = new Uint8Array(await response.arrayBuffer());
    if (sha256(data) !== wanted) throw fail(file.url, `of SHA-256 ${sha256(data)}`, wanted, "Nothing of it was used.");
    await unpack(data, name, file.programs, dir);
  }
  return true;
}

/** A response, or undefined when nobody answers in time or the file is not there. */
async function answer(url: string): Promise<Response | undefined> {
  const controller = new AbortController();
  const giveUp = setTimeout(() => controller.abort(), answerMs);
  try {
    const response = await fetch(url, { signal: controller.signal, redirect: "follow" });
    if (!response.ok) return undefined;
    setTimeout(() => controller.abort(), downloadMs).unref();
    return response;
  } catch {
    return undefined;
  } finally {
    clearTimeout(giveUp);
  }
}

/** The SHA-256 in a checksum file: the only word in it, or the one on the line that names the file. */
export function checksumOf(text: string, name: string): string | undefined {
  const lines = text
    .trim()
    .split("\n")
    .map(line => line.trim().split(/\s+\*?/));
  const line =
    lines.find(words => words[1] === name) ?? (lines.length === 1 && lines[0]!.length === 1 ? lines[0] : undefined);
  return /^[0-9a-f]{64}$/.test(line?.[0] ?? "") ? line![0] : undefined;
}

async function unpack(data: Uint8Array, name: string, programs: string[], dir: string): Promise<void> {
  if (!name.endsWith(".tar.gz")) {
    fs.writeFileSync(path.join(dir, programs[0]!), data, { mode: 0o755 });
    return;
  }
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-"));
  try {
    const archive = path.join(work, name);
    fs.writeFileSync(archive, data);
    await capture("tar", ["-xzf", archive, "-C", work]);
    const members = fs.readdirSync(work, { recursive: true, encoding: "utf8" });
    for (const program of programs) {
      const member = members.find(file => path.basename(file) === program);
      if (!member) throw fail(name, `without ${program}`, "an archive that holds it");
      fs.copyFileSync(path.join(work, member), path.join(dir, program));
      fs.chmodSync(path.join(dir, program), 0o755);
    }
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}
