import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import type { ScanResult } from "../../model/scan";
import { greenlight } from "../support/local-stack";
import { random, scanRoom, told } from "../support/scan-room";

const token = random("token", 40);
const jwt = [
  { alg: "HS256", typ: "JWT" },
  { sub: "1", name: "someone" },
]
  .map(part => Buffer.from(JSON.stringify(part)).toString("base64url"))
  .concat(random("signature", 43))
  .join(".");

describe("greenlight scan", function () {
  this.timeout(120_000);
  const { dir, write, scanned } = scanRoom();

  it("finds tokens in every form, by file and line, and shows none of them", async () => {
    write({
      "a.py": `x = 1\nheaders = {"Authorization": "Bea${""}rer ${token}"}\n`,
      "b.ts": `const access = { access_token: "${token}" };\n\n\nconst t = "${jwt}";\n`,
      "c.json": `{\n  "Authorization": "${token}"\n}\n`,
      "d.yaml": `url: redis://app:${random("password", 16)}@cache:6379/0\n`,
      "e.ts": `const key = "gh${""}p_${random("hub", 36)}";\n`,
      ".env": `DATABASE_URL=postgres://app:${random("other", 12)}@db/app\n`,
    });
    const { code, result } = await scanned();
    assert.equal(code, 20);
    assert.deepEqual(told(result), [
      "GL-SCAN-02 a.py:2 not met",
      "GL-SCAN-02 b.ts:1 not met",
      "GL-SCAN-02 c.json:2 not met",
      "GL-SCAN-04 .env:1 not met",
      "GL-SCAN-04 d.yaml:1 not met",
      "GL-SCAN-03 b.ts:4 not met",
      "GL-SCAN-01 e.ts:1 not met",
    ]);
    for (const secret of [token, jwt, random("password", 16), random("other", 12)])
      assert.ok(!JSON.stringify(result).includes(secret));
    const text = (await greenlight(["scan", dir(), "--report", path.join(dir(), "out")])).stdout;
    const all = ["scan.md", "scan.sarif", "scan.json"].map(name =>
      fs.readFileSync(path.join(dir(), "out", name), "utf8"),
    );
    for (const shown of [text, ...all]) assert.ok(!shown.includes(token) && !shown.includes(jwt));
    assert.match(text, /^NO-GO {2}scan {2}7 findings/m);
  });

  it("takes masks, references, examples and hashes for none", async () => {
    write({
      "a.ts": [
        "const a = `Bea" + "rer ${token}`;",
        `const b = "Bea${""}rer <your-token-goes-here-now>";`,
        `const c = "Bea${""}rer xxxxxxxxxxxxxxxxxxxxxxxx";`,
        `const d = { token: "this-is-a-phrase-of-many-words" };`,
        `const e = "${createHash("sha256").update("x").digest("hex")}";`,
        "const f = `postgres://${user}:${password}@db/app`;",
        `const g = "https://example.com:443/@scope/name";`,
      ].join("\n"),
      "b.yaml": "url: redis://app:$(PASSWORD)@cache:6379\nother: amqp://user:<password>@queue\n",
    });
    const { code, result } = await scanned();
    assert.deepEqual(told(result), []);
    assert.equal(code, 0);
  });

  it("finds what is forbidden in every form of import, and what only looks like it in none", async () => {
    const settings =
      "scan:\n  forbidden:\n    - id: firebase\n      modules: [firebase, firebase-admin]\n      calls: [initializeApp, getAuth, getFirestore]\n      because: it was given up for Supabase\n      instead: our own sign-in\n";
    write({
      "greenlight.yaml": settings,
      "a.py":
        "import os, firebase_admin\nfrom firebase_admin import auth\n# import firebase_admin\nfrom firebase_admin.auth import x\nimport firebaseless\n",
      "b.ts": `import {\n  a,\n} from "firebase/app";\nconst x = require("firebase-admin");\nconst y = await import("firebase/auth");\nconst app = initializeApp(config);\nimport z from "firebase-lookalike";\n`,
      "c.ts": `import { initializeApp } from "./app";\ninitializeApp();\n`,
      "package.json": `{\n  "dependencies": {\n    "@firebase/app": "1.0.0"\n  }\n}\n`,
    });
    const { code, result } = await scanned();
    assert.equal(code, 20);
    assert.deepEqual(told(result), [
      "GL-SCAN-05 a.py:1 not met",
      "GL-SCAN-05 a.py:2 not met",
      "GL-SCAN-05 a.py:4 not met",
      "GL-SCAN-05 b.ts:3 not met",
      "GL-SCAN-05 b.ts:4 not met",
      "GL-SCAN-05 b.ts:5 not met",
      "GL-SCAN-05 b.ts:6 not met",
      "GL-SCAN-05 package.json:3 not met",
    ]);
    assert.equal(
      result.findings[0]!.message,
      "uses firebase-admin (import), which is forbidden: it was given up for Supabase; need our own sign-in",
    );
  });

  it("reads huge files to their end, passes binary ones over, and names what it cannot read", async () => {
    const line = "const filler = 1;\n";
    write({
      "huge.ts": line.repeat(200_000) + `const t = "Bea${""}rer ${token}";\n`,
      "minified.js": `${"x".repeat(30_000)};${"SECRET_"}KEY="${random("minified", 24)}";${"y".repeat(30_000)}`,
      "long.js": `var a="${"x".repeat(3_000_000)}";var t="Bea${""}rer ${token}";`,
      "picture.json": Buffer.from([0, 1, 2, 3]),
    });
    const { result } = await scanned();
    assert.deepEqual(told(result), [
      "GL-SCAN-02 huge.ts:200001 not met",
      "GL-SCAN-02 long.js:1 not met",
      "GL-SCAN-06 minified.js:1 not met",
    ]);
    assert.deepEqual(result.binary, ["picture.json"]);
  });

  it("is inconclusive where it looked at nothing, and refuses settings it does not know", async () => {
    write({ "readme.md": "# nothing\n" });
    assert.equal((await scanned()).code, 30);
    write({ "greenlight.yaml": "scan:\n  kindz: [.ts]\n" });
    const { code, stderr } = await greenlight(["scan", dir()]);
    assert.equal(code, 65);
    assert.match(stderr, /greenlight\.yaml: scan\.kindz is not a known key; need one of kinds, exclude, forbidden/);
  });

  it("finds nothing in this repository but that its advisories are not committed", async () => {
    const { stdout } = await greenlight(["scan", root, "--json"]);
    const result = JSON.parse(stdout) as ScanResult;
    assert.deepEqual(
      result.findings.filter(one => one.rule !== "advisories"),
      [],
    );
    assert.ok(result.inspected.files > 600);
  });
});
