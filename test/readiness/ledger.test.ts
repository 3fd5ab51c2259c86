import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Outcome } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import { differenceOf } from "../../readiness/difference";
import { appendVerdict, headOf, readLedger } from "../../readiness/ledger";
import type { SignerKey } from "../../policies/passport";
import { keyId, preAuthentication, roles, seal, verifyPassport } from "../../policies/passport";
import { inFolder, metRun, moment, soundFiles, testKey, verdictIn, writeSet } from "../support/evidence";
import { sign } from "node:crypto";

function verdictOf(
  change: (files: Record<string, unknown>) => void = () => {},
  states: Record<string, Outcome> = {},
  pack = "k",
): Verdict {
  return inFolder(dir => {
    const files = soundFiles();
    change(files);
    writeSet(dir, files);
    return verdictIn(dir, metRun(states, pack));
  });
}

describe("the ledger", () => {
  it("chains verdicts, keeps no verdict twice, and names the entry that was altered or left out", () =>
    inFolder(dir => {
      assert.deepEqual(headOf(dir, "production"), { sequence: 1, previous: "0".repeat(64) });
      const good = verdictOf();
      assert.equal(appendVerdict(dir, good)!.sequence, 1);
      assert.equal(appendVerdict(dir, good), undefined);
      assert.equal(
        appendVerdict(
          dir,
          verdictOf(files => delete files["k6.json"]),
        )!.sequence,
        2,
      );
      assert.equal(appendVerdict(dir, good)!.sequence, 3);
      assert.deepEqual(
        readLedger(dir, "production").map(one => one.verdict),
        ["GO", "INCONCLUSIVE", "GO"],
      );
      const file = path.join(dir, "production.jsonl");
      const text = fs.readFileSync(file, "utf8");
      const lines = text.split("\n");
      fs.writeFileSync(file, text.replace('"INCONCLUSIVE"', '"GO"'));
      assert.throws(() => readLedger(dir, "production"), /line 3 is not what the entry before it leads to/);
      fs.writeFileSync(file, [lines[0], lines[2], ""].join("\n"));
      assert.throws(() => readLedger(dir, "production"), /line 2/);
      assert.throws(() => appendVerdict(dir, good), /line 2/);
    }));
});

describe("the difference between two verdicts", () => {
  it("keeps evidence, rules, waivers and code apart", () => {
    const before = verdictOf();
    const flips = (after: Verdict) =>
      differenceOf(before, after).flips.map(one => `${one.id} ${one.to} ${one.causes.join("+")}`);
    const less = verdictOf(files => delete files["migration.json"]);
    assert.deepEqual(flips(less), ["D.3.3 unverifiable evidence"]);
    assert.deepEqual(differenceOf(before, less).evidence, { added: [], removed: ["migration.json"], changed: [] });
    assert.ok(flips(verdictOf(undefined, { "GL-POD-01": "not met" })).includes("GL-POD-01 not met code"));
    assert.ok(flips(verdictOf(undefined, { "GL-POD-01": "waived" })).includes("GL-POD-01 waived waiver"));
    assert.ok(
      flips(verdictOf(undefined, { "GL-POD-01": "not met" }, "other")).includes("GL-POD-01 not met policy+code"),
    );
    assert.deepEqual(flips(before), []);
  });
});

describe("a release's signatures", () => {
  const people = roles.map(role => ({ role, ...testKey(`${role}@example.com`) }));
  const keys: SignerKey[] = people.map(({ role, trusted }) => ({ ...trusted, role }));
  const passport = (author: string) => ({
    subject: [],
    predicate: {
      ...{ project: "shop", stack: "production", tier: "production", verdict: "GO", reason: "", commit: "c" },
      ...{ at: "2026-11-25T12:00:00Z", expires: "2026-11-26T12:00:00Z", expiresBecause: "evidence gets old" },
      ...{ authors: [author], items: {}, digests: {}, versions: {}, ledger: { sequence: 1, previous: "0" } },
    },
  });
  const signedBy = (author: string, ...who: number[]) => {
    const envelope = seal(passport(author));
    for (const index of who) {
      const { trusted, privateKey } = people[index]!;
      const sig = sign(null, preAuthentication(Buffer.from(envelope.payload, "base64")), privateKey).toString("base64");
      envelope.signatures.push({ keyid: keyId(trusted.publicKey), sig });
    }
    return verifyPassport(envelope, keys, moment).lacking;
  };

  it("are those of all three roles, each once, and never the author's alone", () => {
    assert.deepEqual(signedBy("dev@example.com", 0, 1, 2), []);
    assert.deepEqual(signedBy("dev@example.com", 0, 1), ["nobody signed as product manager"]);
    assert.deepEqual(signedBy("dev@example.com", 0, 0, 1, 2), ["one key signed twice"]);
    assert.ok(signedBy(people[0]!.trusted.name, 0).includes("only its author signed it"));
    assert.deepEqual(signedBy("dev@example.com"), [
      "nobody signed it",
      ...roles.map(role => `nobody signed as ${role}`),
    ]);
  });
});
