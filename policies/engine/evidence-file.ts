import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { EvidenceLine } from "./session";

/** Runs whose evidence is kept per stack; older files are removed. */
const keptRuns = 20;

/** Where evidence of runs lies: `$GREENLIGHT_EVIDENCE`, else `evidence/` beside the pack's folder. */
export const evidenceDir = (policiesDir: string): string =>
  process.env.GREENLIGHT_EVIDENCE ?? path.join(policiesDir, "..", "evidence");

/** A stack's folder in it; a stack name cannot lead out of it. */
export const stackDir = (dir: string, stack: string): string =>
  path.join(dir, stack.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_"));

export interface EvidenceFile {
  file: string;
  /** Writes lines, all of them at once. */
  write(...lines: Exclude<EvidenceLine, { line: "close" }>[]): void;
  /** Writes the closing line, with the digest of all lines before it. */
  close(line: Omit<Extract<EvidenceLine, { line: "close" }>, "digest">): void;
}

/** A new evidence file; what was written is on the disk when `write` returns. */
export function openEvidence(dir: string, stack: string, name: string): EvidenceFile {
  const folder = stackDir(dir, stack);
  fs.mkdirSync(folder, { recursive: true });
  forgetOld(folder);
  const file = path.join(folder, `${name}.jsonl`);
  const hash = createHash("sha256");
  fs.writeFileSync(file, "");
  const append = (lines: readonly EvidenceLine[]) => {
    const text = lines.map(line => `${JSON.stringify(line)}\n`).join("");
    fs.appendFileSync(file, text);
    return text;
  };
  return {
    file,
    write: (...lines) => void hash.update(append(lines)),
    close: line => void append([{ ...line, digest: hash.digest("hex") }]),
  };
}

function forgetOld(folder: string): void {
  const runs = fs.readdirSync(folder).filter(name => name.endsWith(".jsonl"));
  const aged = runs
    .map(name => ({ name, at: fs.statSync(path.join(folder, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of aged.slice(keptRuns - 1)) fs.rmSync(path.join(folder, name), { force: true });
}
