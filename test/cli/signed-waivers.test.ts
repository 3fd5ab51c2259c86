import assert from "node:assert/strict";
import { sign } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { signaturesOf, waiversOf, waiversSubject, waiversType } from "../../cli/signed-waivers";
import { keyId, preAuthentication, seal } from "../../policies/passport";
import { inFolder, testKey } from "../support/evidence";

const grace = testKey("grace");
const stranger = testKey("stranger");
const about = { project: "shop", stack: "production" };
const text = `waivers:
  - rule: GL-POD-09
    resource: DaemonSet shop/agent
    category: accepted risk
    reason: The agent reads the logs of the node itself.
    owner: ada
    approver: grace
    created: 2026-11-20
    expires: 2026-11-30
`;

/** Who signed a file of waivers, after something was done to it or its signatures. */
function signers(
  change: { keys?: (typeof grace)[]; predicate?: object; then?: (file: string) => void; trust?: boolean } = {},
): string[] {
  return inFolder(dir => {
    const file = path.join(dir, "waivers.yaml");
    fs.writeFileSync(file, text);
    const envelope = seal({ subject: waiversSubject(file), predicate: { ...about, ...change.predicate } }, waiversType);
    for (const { trusted, privateKey } of change.keys ?? [grace]) {
      const sig = sign(null, preAuthentication(Buffer.from(envelope.payload, "base64")), privateKey).toString("base64");
      envelope.signatures.push({ keyid: keyId(trusted.publicKey), sig });
    }
    fs.writeFileSync(signaturesOf(file), JSON.stringify(envelope));
    change.then?.(file);
    const trust = path.join(dir, "trust.json");
    fs.writeFileSync(trust, JSON.stringify({ keys: [grace.trusted] }));
    const before = process.env.GREENLIGHT_TRUST;
    if (change.trust === false) delete process.env.GREENLIGHT_TRUST;
    else process.env.GREENLIGHT_TRUST = trust;
    try {
      const { list, signedBy } = waiversOf(file, about);
      assert.equal(list.length, 1);
      return signedBy;
    } finally {
      if (before === undefined) delete process.env.GREENLIGHT_TRUST;
      else process.env.GREENLIGHT_TRUST = before;
    }
  });
}

describe("signatures over a stack's waivers", () => {
  it("are those of keys that the trust root knows, over the file as it is", () => {
    assert.deepEqual(signers(), ["grace"]);
    assert.deepEqual(signers({ keys: [stranger] }), []);
    assert.deepEqual(signers({ keys: [stranger, grace] }), ["grace"]);
    assert.deepEqual(signers({ trust: false }), []);
  });

  it("count for nobody once the file is another, or the stack", () => {
    assert.deepEqual(signers({ then: file => fs.appendFileSync(file, "# a word more\n") }), []);
    assert.deepEqual(signers({ predicate: { stack: "staging" } }), []);
    assert.deepEqual(signers({ predicate: { project: "mall" } }), []);
    assert.deepEqual(signers({ then: file => fs.rmSync(signaturesOf(file)) }), []);
  });

  it("that were changed, or are something else, are refused by name", () => {
    const forged = (file: string) => {
      const place = signaturesOf(file);
      const envelope = JSON.parse(fs.readFileSync(place, "utf8")) as { signatures: { sig: string }[] };
      envelope.signatures[0]!.sig = Buffer.from("no signature").toString("base64");
      fs.writeFileSync(place, JSON.stringify(envelope));
    };
    assert.throws(() => signers({ then: forged }), /waivers\.yaml\.intoto\.json is changed/);
    assert.throws(() => signers({ then: file => fs.writeFileSync(signaturesOf(file), "{}") }), /is another thing/);
    assert.throws(() => signers({ then: file => fs.writeFileSync(signaturesOf(file), "no JSON") }), /is no JSON/);
  });
});
