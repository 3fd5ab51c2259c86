import assert from "node:assert/strict";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { collectEvidence } from "../../readiness/evidence/collect";
import { inFolder } from "../support/evidence";

describe("evidence that does not stand still", () => {
  it("refuses a file that somebody writes to while it is read, and takes no link for a file", () =>
    inFolder(dir => {
      const file = path.join(dir, "a.json");
      fs.writeFileSync(file, JSON.stringify({ total: 1 }));
      // The module itself, which all share: what is read is written to between its two looks at it.
      const shared = createRequire(__filename)("node:fs") as { readFileSync: (...args: unknown[]) => unknown };
      const read = shared.readFileSync;
      shared.readFileSync = (...args) => {
        const bytes = read(...args);
        fs.appendFileSync(file, " ");
        return bytes;
      };
      try {
        assert.throws(() => collectEvidence(dir), /a\.json is changing while it is read/);
      } finally {
        shared.readFileSync = read;
      }
      fs.symlinkSync(__filename, path.join(dir, "b.json"));
      assert.deepEqual(
        collectEvidence(dir).unknown.map(one => one.file),
        ["a.json"],
      );
    }));
});
