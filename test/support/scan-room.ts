import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ScanResult } from "../../model/scan";
import { scanRules } from "../../release/scan/rules";
import { greenlight, temporary } from "./local-stack";

/** Made up when the test runs: a token in a test's file would be found in it. */
export const random = (seed: string, length: number): string =>
  createHash("sha512").update(seed).digest("base64url").replace(/[-_]/g, "a").slice(0, length);
export const digest = `sha256:${"a1".repeat(32)}`;
export const at = "2026-11-26T12:00:00Z";

/** A folder for each test, and the scan of it. */
export function scanRoom() {
  let dir: string;
  beforeEach(() => (dir = temporary()));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));
  return {
    dir: () => dir,
    write: (files: Record<string, string | Buffer>): void => {
      for (const [name, content] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
        fs.writeFileSync(path.join(dir, name), content);
      }
    },
    scanned: async (...args: string[]): Promise<{ code: number; result: ScanResult }> => {
      const { code, stdout, stderr } = await greenlight(["scan", dir, "--json", "--at", at, ...args]);
      assert.ok(stdout, stderr);
      return { code, result: JSON.parse(stdout) as ScanResult };
    },
  };
}

/** Rule, place and state of each finding. */
export const told = (result: ScanResult): string[] =>
  result.findings.map(({ rule, file, line, state }) => `${scanRules[rule].id} ${file}:${line ?? "-"} ${state}`);
