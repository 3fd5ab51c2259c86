import assert from "node:assert/strict";
import { sign } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Envelope, Predicate } from "../../policies/passport";
import { fileDigest, keyId, passportFaults, preAuthentication, roles, seal } from "../../policies/passport";
import { inFolder, moment, testKey } from "../support/evidence";

const people = roles.map(role => ({ role, ...testKey(`${role}@example.com`) }));

/** A checkout of one file with a passport for it; what an update is then refused for. */
function faults(change: {
  predicate?: Partial<Predicate>;
  update?: object;
  file?: string;
  envelope?: (one: Envelope) => void;
  env?: NodeJS.ProcessEnv;
  signers?: number[];
}): string[] {
  return inFolder(dir => {
    const root = path.join(dir, "checkout");
    fs.mkdirSync(root);
    fs.writeFileSync(path.join(root, "index.ts"), "the program\n");
    const predicate: Predicate = {
      ...{
        project: "shop",
        stack: "production",
        tier: "production",
        verdict: "GO",
        reason: "",
        commit: "c",
        authors: [],
      },
      ...{
        at: "2026-11-25T11:00:00Z",
        expires: "2026-11-26T11:00:00Z",
        expiresBecause: "evidence gets old",
        items: {},
      },
      ...{ digests: { pack: "p", program: "c" }, versions: {}, ledger: { sequence: 1, previous: "0" } },
      ...change.predicate,
    };
    const subject = [{ name: "index.ts", digest: { sha256: fileDigest(path.join(root, "index.ts"))! } }];
    const envelope = seal({ subject, predicate });
    for (const index of change.signers ?? [0, 1, 2]) {
      const { trusted, privateKey } = people[index]!;
      const sig = sign(null, preAuthentication(Buffer.from(envelope.payload, "base64")), privateKey).toString("base64");
      envelope.signatures.push({ keyid: keyId(trusted.publicKey), sig });
    }
    change.envelope?.(envelope);
    if (change.file !== undefined) fs.writeFileSync(path.join(root, "index.ts"), change.file);
    const [passport, trust] = [path.join(dir, "passport.json"), path.join(dir, "trust.json")];
    fs.writeFileSync(passport, JSON.stringify(envelope));
    fs.writeFileSync(trust, JSON.stringify({ keys: people.map(({ role, trusted }) => ({ ...trusted, role })) }));
    const update = {
      project: "shop",
      stack: "production",
      tier: "production",
      pack: "p",
      program: "c",
      root,
      nowMs: moment,
      ...change.update,
    };
    return passportFaults(update, change.env ?? { GREENLIGHT_PASSPORT: passport, GREENLIGHT_TRUST: trust });
  });
}

describe("an update above tier local", () => {
  it("goes on with a passport that all three roles signed for exactly this", () => assert.deepEqual(faults({}), []));

  it("needs none on tier local", () => assert.deepEqual(faults({ update: { tier: "local" }, env: {} }), []));

  const refused: [string, Parameters<typeof faults>[0], RegExp][] = [
    ["no passport", { env: {} }, /GREENLIGHT_PASSPORT is not set/],
    ["no trust root", { env: { GREENLIGHT_PASSPORT: "x" } }, /GREENLIGHT_TRUST is not set/],
    [
      "a passport that is not there",
      { env: { GREENLIGHT_PASSPORT: "/none", GREENLIGHT_TRUST: "/none" } },
      /cannot be read/,
    ],
    ["one byte of the program another", { file: "the progran\n" }, /index\.ts is of SHA-256/],
    ["another stack", { update: { stack: "staging" } }, /it is for shop \/ production/],
    ["another project", { update: { project: "mall" } }, /it is for shop/],
    ["another tier", { predicate: { tier: "staging" } }, /it is for tier staging, not production/],
    ["another pack", { update: { pack: "q" } }, /made under another pack/],
    ["a program compiled by hand", { update: { program: "d" } }, /compiled otherwise than what was signed for/],
    ["an expired passport", { update: { nowMs: moment + 86_400_000 } }, /it expired at/],
    ["a verdict that is no GO", { predicate: { verdict: "INCONCLUSIVE" } }, /its verdict is INCONCLUSIVE/],
    ["a role that did not sign", { signers: [0, 1] }, /nobody signed as product manager/],
    ["nobody's signature", { signers: [] }, /nobody signed it/],
    [
      "a verdict that was written over",
      {
        predicate: { verdict: "NO-GO" },
        envelope: one => {
          const text = Buffer.from(one.payload, "base64").toString("utf8");
          one.payload = Buffer.from(text.replace('"NO-GO"', '"GO"')).toString("base64");
        },
      },
      /the signature of .* does not fit/,
    ],
  ];
  for (const [name, change, says] of refused)
    it(`is refused: ${name}`, () => assert.match(faults(change).join("\n") || "nothing", says));
});
