import assert from "node:assert/strict";
import { sign } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { OverridePredicate } from "../../policies/override";
import { overrideType } from "../../policies/override";
import type { Envelope, Predicate } from "../../policies/passport";
import { documentId, fileDigest, keyId, passportType, preAuthentication, roles, seal } from "../../policies/passport";
import type { Permission } from "../../policies/permission";
import { letThrough, permissionFor } from "../../policies/permission";
import { inFolder, moment, testKey } from "../support/evidence";

const people = [
  ...roles.map(role => ({ role, ...testKey(`${role}@example.com`) })),
  { role: undefined, ...testKey("ci") },
];
const hour = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

interface Change {
  predicate?: Partial<Predicate & OverridePredicate>;
  update?: object;
  file?: string;
  envelope?: (one: Envelope) => void;
  env?: NodeJS.ProcessEnv;
  signers?: number[];
  trust?: object;
  /** Deployments that the ledger knows; "this" is the passport's own id. */
  releases?: { passport: string; at: string; irreversible?: string[]; rollback?: boolean; commit?: string }[];
}

const passportSays: Predicate = {
  ...{ project: "shop", stack: "production", tier: "production", verdict: "GO", reason: "", commit: "c", authors: [] },
  ...{ at: "2026-11-25T11:00:00Z", expires: "2026-11-26T11:00:00Z", expiresBecause: "evidence gets old", items: {} },
  ...{ digests: { pack: "p", program: "c" }, versions: {}, ledger: { sequence: 1, previous: "0" } },
};
const overrideSays: OverridePredicate = {
  ...{ project: "shop", stack: "production", tier: "production", incident: "INC-42", commit: "c", authors: [] },
  reason: "the shop is down and this brings it back",
  resources: ["Deployment shop/api"],
  ...{ from: iso(moment - hour), until: iso(moment + hour), digests: { pack: "p", program: "c" } },
};

/** A checkout of one file with a document signed for it; what an update is then allowed. */
function permission(kind: "passport" | "override", change: Change): Permission {
  return inFolder(dir => {
    const root = path.join(dir, "checkout");
    fs.mkdirSync(path.join(root, "ledger"), { recursive: true });
    fs.writeFileSync(path.join(root, "index.ts"), "the program\n");
    const subject = [{ name: "index.ts", digest: { sha256: fileDigest(path.join(root, "index.ts"))! } }];
    const says = kind === "passport" ? passportSays : overrideSays;
    const type = kind === "passport" ? passportType : overrideType;
    const envelope = seal({ subject, predicate: { ...says, ...change.predicate } }, type);
    for (const index of change.signers ?? [0, 1, 2]) {
      const { trusted, privateKey } = people[index]!;
      const sig = sign(null, preAuthentication(Buffer.from(envelope.payload, "base64")), privateKey).toString("base64");
      envelope.signatures.push({ keyid: keyId(trusted.publicKey), sig });
    }
    const own = documentId(envelope);
    change.envelope?.(envelope);
    if (change.file !== undefined) fs.writeFileSync(path.join(root, "index.ts"), change.file);
    const [document, trust] = [path.join(dir, "document.json"), path.join(dir, "trust.json")];
    fs.writeFileSync(document, JSON.stringify(envelope));
    const keys = people.map(({ role, trusted }) => ({ ...trusted, ...(role ? { role } : {}) }));
    fs.writeFileSync(trust, JSON.stringify({ keys, ...change.trust }).replaceAll('"this"', JSON.stringify(own)));
    if (change.releases)
      fs.writeFileSync(
        path.join(root, "ledger", "production.releases.jsonl"),
        change.releases
          .map(
            one =>
              `${JSON.stringify({ commit: "c", ...one, passport: one.passport === "this" ? own : one.passport })}\n`,
          )
          .join(""),
      );
    const update = {
      ...{ project: "shop", stack: "production", tier: "production", pack: "p", program: () => "c", root },
      nowMs: moment,
      ...change.update,
    };
    const named = kind === "passport" ? "GREENLIGHT_PASSPORT" : "GREENLIGHT_OVERRIDE";
    const env = { [named]: document, GREENLIGHT_TRUST: trust };
    return permissionFor(update, change.releases ? { ...env, GREENLIGHT_ROLLBACK: "1" } : (change.env ?? env));
  });
}

const faults = (kind: "passport" | "override", change: Change): string[] => {
  const { tampered, lacking } = permission(kind, change);
  return [...tampered, ...lacking];
};

const rewritten = (from: string, to: string) => (one: Envelope) => {
  const text = Buffer.from(one.payload, "base64").toString("utf8");
  one.payload = Buffer.from(text.replace(from, to)).toString("base64");
};

describe("an update above tier local", () => {
  it("goes on with a passport that all three roles signed for exactly this", () =>
    assert.deepEqual(faults("passport", {}), []));

  it("needs none on tier local", () =>
    assert.deepEqual(faults("passport", { update: { tier: "local" }, env: {} }), []));

  const refused: [string, Change, RegExp][] = [
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
    ["a program compiled by hand", { update: { program: () => "d" } }, /compiled otherwise than what was signed for/],
    ["an expired passport", { update: { nowMs: moment + 24 * hour } }, /it expired at/],
    ["a verdict that is no GO", { predicate: { verdict: "INCONCLUSIVE" } }, /its verdict is INCONCLUSIVE/],
    ["a role that did not sign", { signers: [0, 1] }, /nobody signed as product manager/],
    ["nobody's signature", { signers: [] }, /nobody signed it/],
    ["a passport that was revoked", { trust: { revoked: ["this"] } }, /it was revoked/],
    ["a commit that was revoked", { trust: { revoked: ["c"] } }, /it was revoked/],
    [
      "a verdict that was written over",
      { predicate: { verdict: "NO-GO" }, envelope: rewritten('"NO-GO"', '"GO"') },
      /the signature of .* does not fit/,
    ],
  ];
  for (const [name, change, says] of refused)
    it(`is refused: ${name}`, () => assert.match(faults("passport", change).join("\n") || "nothing", says));
});

describe("a rollback", () => {
  const late = { update: { nowMs: moment + 1_000 * hour } };
  const first = { passport: "this", at: iso(moment) };
  const other = (name: string, more = {}) => ({ passport: name, at: iso(moment + hour), ...more });
  const allowed: [string, Change["releases"]][] = [
    ["the release that runs, long after its passport expired", [first]],
    ["the release before", [first, other("b")]],
    ["the release before, though it was gone back to before", [first, other("b"), { ...first, rollback: true }]],
    ["a release with the same migrations", [{ ...first, irreversible: ["m1"] }, other("b", { irreversible: ["m1"] })]],
  ];
  for (const [name, releases] of allowed)
    it(`may go back to ${name}`, () => {
      const found = permission("passport", { ...late, releases: releases! });
      assert.deepEqual([...found.tampered, ...found.lacking], []);
      assert.equal(found.rollbackTo, first.at);
    });

  const refused: [string, Change, RegExp][] = [
    ["what was never deployed", { releases: [other("b")] }, /the ledger knows no deployment under it/],
    ["two releases back", { releases: [first, other("b"), other("c")] }, /2 releases came after it/],
    [
      "behind a migration that cannot be undone",
      { releases: [first, other("b", { irreversible: ["drop-column"] })] },
      /migration drop-column came after it/,
    ],
    ["a revoked passport", { releases: [first], trust: { revoked: ["this"] } }, /it was revoked/],
    ["another file than was signed for", { releases: [first], file: "another\n" }, /index\.ts is of SHA-256/],
    [
      "a release deployed after its passport expired",
      { releases: [{ ...first, at: iso(moment + 90 * hour) }] },
      /expired/,
    ],
    ["lines that are none", { releases: [{ passport: "this", at: "never" }] }, /knows no deployment/],
    ["signatures that are not whole", { releases: [first], signers: [0] }, /nobody signed as/],
  ];
  for (const [name, change, says] of refused)
    it(`does not go back to ${name}`, () =>
      assert.match(faults("passport", { ...late, ...change }).join("\n") || "nothing", says));
});

describe("an override", () => {
  it("lets what it names through, and nothing else", () => {
    const found = permission("override", { signers: [0, 1] });
    assert.deepEqual([...found.tampered, ...found.lacking], []);
    const of = (resource: string) => letThrough(found, { rule: "GL-POD-01", resource, path: "" });
    assert.match(of("Deployment shop/api")!, /overridden for INC-42 until/);
    for (const other of ["Deployment shop/web", "Deployment shop/api2", "Deployment api", ""])
      assert.equal(of(other), undefined, other);
    // Where the run leads to is nothing that an exception can change.
    const gate = { rule: "GL-GATE-01", resource: "Deployment shop/api", path: "" };
    assert.equal(letThrough(found, gate), undefined);
  });

  it("lets nothing through when it does not hold", () => {
    const found = permission("override", { signers: [0] });
    assert.equal(letThrough(found, { rule: "GL-POD-01", resource: "Deployment shop/api", path: "" }), undefined);
  });

  const refused: [string, Change, RegExp][] = [
    ["one key", { signers: [0] }, /1 of 2 people signed/],
    ["one key twice", { signers: [0, 0] }, /one key signed twice/],
    ["a key that signs no releases", { signers: [0, 3] }, /1 of 2 people signed/],
    [
      "its author alone",
      { predicate: { authors: people.slice(0, 2).map(one => one.trusted.name) }, signers: [0, 1] },
      /only its author/,
    ],
    ["more than four hours", { predicate: { until: iso(moment + 3.1 * hour) } }, /need at most 4 hours/],
    ["no end", { predicate: { until: "never" } }, /need at most 4 hours/],
    ["its time over", { update: { nowMs: moment + hour } }, /it expired at/],
    ["its time not come", { update: { nowMs: moment - 2 * hour } }, /it holds from/],
    ["no incident", { predicate: { incident: "" } }, /names no incident/],
    ["no reason", { predicate: { reason: "because" } }, /reason is shorter/],
    ["no resource", { predicate: { resources: [] } }, /names 0 resources/],
    ["a pattern", { predicate: { resources: ["Deployment shop/*"] } }, /is no resource as findings name them/],
    ["another stack", { update: { stack: "staging" } }, /it is for shop \/ production/],
    ["a lower tier", { predicate: { tier: "staging" } }, /it is for tier staging/],
    ["another pack", { update: { pack: "q" } }, /under another pack/],
    ["one byte of the program another", { file: "the progran\n" }, /index\.ts is of SHA-256/],
    ["a resource more", { envelope: rewritten("shop/api", "shop/db2") }, /the signature of .* does not fit/],
  ];
  for (const [name, change, says] of refused)
    it(`is refused: ${name}`, () => assert.match(faults("override", change).join("\n") || "nothing", says));

  it("is no passport, and a passport is no override", () => {
    const swap = (kind: "passport" | "override") => {
      const named = kind === "passport" ? "GREENLIGHT_OVERRIDE" : "GREENLIGHT_PASSPORT";
      return inFolder(dir => {
        const file = path.join(dir, "x.json");
        const predicate = kind === "passport" ? passportSays : overrideSays;
        fs.writeFileSync(
          file,
          JSON.stringify(seal({ subject: [], predicate }, kind === "passport" ? passportType : overrideType)),
        );
        const trust = path.join(dir, "trust.json");
        fs.writeFileSync(trust, '{"keys":[]}');
        const update = {
          project: "shop",
          stack: "production",
          tier: "production",
          pack: "p",
          root: dir,
          nowMs: moment,
        };
        return permissionFor({ ...update, program: () => "c" }, { [named]: file, GREENLIGHT_TRUST: trust }).lacking;
      });
    };
    for (const kind of ["passport", "override"] as const) assert.match(swap(kind).join(), /it is no https:/);
  });
});

describe("what a passport lets through", () => {
  const waived = [{ rule: "GL-POD-01", resource: "DaemonSet shop/agent", path: "spec.template" }];
  const found = permission("passport", { predicate: { waived } });
  it("is what was waived when it was signed, place by place", () => {
    assert.match(letThrough(found, waived[0]!)!, /waived, and signed for/);
    for (const change of [{ rule: "GL-POD-02" }, { resource: "DaemonSet shop/other" }, { path: "spec" }])
      assert.equal(letThrough(found, { ...waived[0]!, ...change }), undefined);
  });
});
