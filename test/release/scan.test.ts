import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import type { ScanResult } from "../../model/scan";
import { classify, findEnvironment } from "../../release/scan/environment";
import { scanRules } from "../../release/scan/rules";
import { greenlight, temporary } from "../support/local-stack";
import { harmless } from "./harmless";

/** Made up when the test runs: a token in this file would be found in it. */
const random = (seed: string, length: number): string =>
  createHash("sha512").update(seed).digest("base64url").replace(/[-_]/g, "a").slice(0, length);
const token = random("token", 40);
const jwt = [
  { alg: "HS256", typ: "JWT" },
  { sub: "1", name: "someone" },
]
  .map(part => Buffer.from(JSON.stringify(part)).toString("base64url"))
  .concat(random("signature", 43))
  .join(".");
const digest = `sha256:${"a1".repeat(32)}`;
const at = "2026-11-26T12:00:00Z";

describe("greenlight scan", function () {
  this.timeout(120_000);
  let dir: string;
  beforeEach(() => (dir = temporary()));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

  const write = (files: Record<string, string | Buffer>): void => {
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), content);
    }
  };
  const scanned = async (...args: string[]): Promise<{ code: number; result: ScanResult }> => {
    const { code, stdout, stderr } = await greenlight(["scan", dir, "--json", "--at", at, ...args]);
    assert.ok(stdout, stderr);
    return { code, result: JSON.parse(stdout) as ScanResult };
  };
  const told = (result: ScanResult) =>
    result.findings.map(({ rule, file, line, state }) => `${scanRules[rule].id} ${file}:${line ?? "-"} ${state}`);

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
    const text = (await greenlight(["scan", dir, "--report", path.join(dir, "out")])).stdout;
    const all = ["scan.md", "scan.sarif", "scan.json"].map(name =>
      fs.readFileSync(path.join(dir, "out", name), "utf8"),
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

  describe("of the environment", () => {
    for (const [wanted, forms] of Object.entries(harmless))
      it(`classes ${forms.length} uses as ${wanted}, each with the reason`, () => {
        const wrong = forms.flatMap(({ file, line, name }) => {
          const is = classify(line, name, file);
          return is && "class" in is && is.class === wanted && is.reason
            ? []
            : [`${file}: ${line} → ${JSON.stringify(is)}`];
        });
        assert.deepEqual(wrong, []);
      });

    it("counts 316 uses in files, none of them a finding (S-052, S-056)", async () => {
      const files: Record<string, string> = {};
      for (const [kind, forms] of Object.entries(harmless))
        for (const { file, line } of forms) {
          const name = `${kind.replace(/\W/g, "-")}/${file}`;
          files[name] = `${files[name] ?? ""}${line}\n`;
        }
      write(files);
      const { code, result } = await scanned();
      assert.deepEqual(told(result), []);
      assert.equal(code, 0);
      assert.equal(result.environment.hits, 316);
      assert.deepEqual(result.environment.byClass, {
        "config read": 89,
        declaration: 127,
        "secret-field reference": 100,
      });
    });

    const value = random("value", 24);
    // Names are filled in when the test runs: these lines would be found in this file.
    const filled = (line: string) =>
      line
        .replace(/\bN\b|(?<=_)N\b/g, "SECRET_KEY")
        .replace("ALL_ENV", "process.env")
        .replace("ALL", "os.environ");
    const leaks: [file: string, line: string][] = [
      ["a.py", `N = "${value}"`],
      ["a.py", `N: str = "${value}"`],
      ["a.py", `os.environ["N"] = "${value}"`],
      ["a.py", `key = os.getenv("N", "${value}")`],
      ["a.py", `key = os.environ.get("N", default="${value}")`],
      ["a.py", `print(os.environ["N"])`],
      ["a.py", `print(f"key {settings.N}")`],
      ["a.py", `logger.info("key %s", settings.N)`],
      ["a.py", `return jsonify(key=os.environ["N"])`],
      ["a.py", "print(ALL)"],
      ["a.ts", `const N = "${value}";`],
      ["a.ts", `const s = { N: "${value}" };`],
      ["a.ts", `const s = process.env.N ?? "${value}";`],
      ["a.ts", `const s = process.env.N || "changeme";`],
      ["a.ts", "console.log(process.env.N);"],
      ["a.ts", "console.log(`key ${config.N}`);"],
      ["a.ts", "res.json({ key: process.env.N });"],
      ["a.ts", "console.log(ALL_ENV);"],
      ["a.yaml", `N: ${value}`],
      ["a.yaml", `N: "${value}"`],
      ["a.yaml", "run: echo $N"],
      ["a.yaml", `N: \${N:-${value}}`],
      ["a.json", `"N": "${value}"`],
      [".env", `N=${value}`],
      [".env", `# N=${value}`],
      ["Dockerfile", `ENV N=${value}`],
      ["Dockerfile", `ARG N=${value}`],
      ["a.ts", "const k = process.env.NEXT_PUBLIC_SERVICE_ROLE_N;"],
    ];
    for (const [file, line] of leaks)
      it(`finds a value given out: ${line.replace(value, "…")}`, () => {
        const { found } = findEnvironment(file, filled(line));
        assert.deepEqual(
          found.map(one => [one.rule, one.line]),
          [["leak", 1]],
        );
        assert.ok(!found[0]!.message.includes(value));
      });

    it("leaves what no rule knows to somebody, until it is classed", async () => {
      write({ "a.ts": `${"SECRET_"}KEY ~~ nothing\n` });
      const open = await scanned();
      assert.deepEqual([open.code, told(open.result)], [30, ["GL-SCAN-07 a.ts:1 unverifiable"]]);
      const entry = (expires: string, as: string) =>
        `scan:\n  triage:\n    - file: "*.ts"\n      rule: GL-SCAN-07\n      subject: SECRET_KEY\n      as: ${as}\n      reason: a made-up operator of a made-up language\n      owner: someone\n      expires: ${expires}\n`;
      write({ "greenlight.yaml": entry("2027-01-01", "harmless") });
      assert.equal((await scanned()).code, 0);
      write({ "greenlight.yaml": entry("2027-01-01", "accepted") });
      assert.equal((await scanned()).code, 10);
      write({ "greenlight.yaml": entry("2026-11-25", "harmless") });
      const late = await scanned();
      assert.deepEqual(told(late.result), ["GL-SCAN-15 greenlight.yaml:- not met", "GL-SCAN-07 a.ts:1 unverifiable"]);
      write({ "greenlight.yaml": entry("2029-01-01", "harmless") });
      assert.match((await scanned()).result.findings[0]!.message, /need a day within a year/);
      write({ "a.ts": "nothing\n", "greenlight.yaml": entry("2027-01-01", "harmless") });
      assert.match((await scanned()).result.findings[0]!.message, /excuses nothing/);
    });
  });

  it("judges build files: user, base, digest", async () => {
    write({
      "good/Dockerfile": `ARG BASE=node:20-slim@${digest}\nFROM node:20@${digest} AS build\nRUN make\nFROM \${BASE}\nCOPY --from=build /a /a\nUSER 10001\n`,
      "scratch/Dockerfile": `FROM golang:1.25@${digest} AS build\nFROM scratch\nUSER 65532:65532\n`,
      "root/Dockerfile": `FROM debian:12@${digest}\nRUN x\n`,
      "tag/Dockerfile": "FROM python:3.13-slim\nUSER app\n",
      "named/Dockerfile": `FROM alpine@${digest}\nRUN adduser -D joe\nUSER joe\n`,
      "who/Dockerfile": `FROM alpine@${digest}\nUSER joe\n`,
      "late/Dockerfile": `ARG TAG\nFROM $TAG\nUSER 0\n`,
    });
    const { result } = await scanned();
    assert.deepEqual(told(result), [
      "GL-SCAN-09 late/Dockerfile:2 not met",
      "GL-SCAN-09 root/Dockerfile:1 not met",
      "GL-SCAN-10 late/Dockerfile:2 unverifiable",
      "GL-SCAN-10 tag/Dockerfile:1 not met",
      "GL-SCAN-08 late/Dockerfile:3 not met",
      "GL-SCAN-08 root/Dockerfile:1 not met",
      "GL-SCAN-08 who/Dockerfile:2 unverifiable",
    ]);
  });

  it("compares lock files with advisories, and says how old they are", async () => {
    const advisory = (
      id: string,
      name: string,
      ecosystem: string,
      events: object[],
      severity?: string,
      modified = "2026-11-26T06:00:00Z",
    ) => ({
      ...{ id, modified, summary: `a fault of ${name}` },
      affected: [
        { package: { ecosystem, name }, ranges: [{ type: ecosystem === "npm" ? "SEMVER" : "ECOSYSTEM", events }] },
      ],
      ...(severity ? { database_specific: { severity } } : {}),
    });
    const events = [{ introduced: "0" }, { fixed: "4.17.21" }];
    write({
      "greenlight.yaml": "scan:\n  advisories: list.jsonl\n",
      "package-lock.json": JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "": { name: "app" },
          "node_modules/lodash": { version: "4.17.20", license: "MIT" },
          "node_modules/a/node_modules/lodash": { version: "4.17.21", license: "MIT" },
          "node_modules/minor": { version: "1.0.0", license: "MIT" },
          "node_modules/bad": { version: "9.9.9", license: "MIT", dev: true },
        },
      }),
      "requirements.txt": "Flask_Login==0.6.1  # pinned\nrequests>=2\n",
      "list.jsonl": [
        advisory("GHSA-1", "lodash", "npm", events, "HIGH"),
        advisory("GHSA-2", "minor", "npm", [{ introduced: "0" }], "MODERATE"),
        advisory("MAL-3", "bad", "npm", [{ introduced: "0" }]),
        advisory("PYSEC-4", "flask-login", "PyPI", [{ introduced: "0.5" }, { fixed: "0.6.2" }]),
        { ...advisory("GHSA-5", "lodash", "npm", [{ introduced: "0" }], "HIGH"), withdrawn: "2026-01-01T00:00:00Z" },
      ]
        .map(one => JSON.stringify(one))
        .join("\n"),
    });
    const { code, result } = await scanned();
    assert.equal(code, 20);
    assert.deepEqual(
      result.findings.map(one => `${one.subject} ${one.state}`),
      [
        "requests unverifiable",
        "bad@9.9.9 MAL-3 not met",
        "lodash@4.17.20 GHSA-1 not met",
        "flask-login@0.6.1 PYSEC-4 not met",
      ],
    );
    assert.match(
      result.findings[2]!.message,
      /pins lodash 4\.17\.20, which has GHSA-1 \(high: a fault of lodash\); need lodash 4\.17\.21 or newer/,
    );
    assert.deepEqual([result.minorVulnerabilities, result.advisories?.count], [1, 5]);
    const { stdout } = await greenlight(["scan", dir, "--json", "--at", "2026-11-28T12:00:00Z"]);
    assert.match(stdout, /holds advisories whose newest is 54 h old; need them younger than 24 h/);
  });

  it("holds licences to what was agreed, and lists what is delivered", async () => {
    write({
      "greenlight.yaml": "scan:\n  licences: { allowed: [MIT, Apache-2.0] }\n  advisories: list.json\n",
      "list.json": JSON.stringify([{ id: "X-1", modified: "2026-11-26T06:00:00Z" }]),
      "package-lock.json": JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "node_modules/good": { version: "1.0.0", license: "(MIT OR GPL-3.0-only)" },
          "node_modules/bad": { version: "1.0.0", license: "AGPL-3.0-only" },
          "node_modules/silent": { version: "1.0.0" },
        },
      }),
    });
    const { result } = await scanned("--report", path.join(dir, "out"));
    assert.deepEqual(
      result.findings.map(one => `${one.subject} ${one.state}`),
      ["bad not met", "silent unverifiable"],
    );
    const bom = JSON.parse(fs.readFileSync(path.join(dir, "out", "sbom.cdx.json"), "utf8")) as {
      bomFormat: string;
      components: { purl: string }[];
    };
    assert.equal(bom.bomFormat, "CycloneDX");
    assert.deepEqual(
      bom.components.map(one => one.purl),
      ["pkg:npm/bad@1.0.0", "pkg:npm/good@1.0.0", "pkg:npm/silent@1.0.0"],
    );
  });

  it("wants a scan of every image by digest", async () => {
    const trivy = (severity: string, createdAt: string) =>
      JSON.stringify({
        ...{ SchemaVersion: 2, ArtifactName: "app", CreatedAt: createdAt },
        Metadata: { RepoDigests: [`app@${digest}`] },
        Results: [{ Packages: [{}], Vulnerabilities: severity ? [{ Severity: severity }] : [] }],
      });
    write({ "greenlight.yaml": `scan:\n  images: ["app@${digest}"]\n  imageReports: reports\n`, "a.ts": "" });
    const states = async () => (await scanned()).result.findings.map(one => one.state);
    assert.deepEqual(await states(), ["unverifiable"]);
    write({ "reports/app.json": trivy("HIGH", "2026-11-26T06:00:00Z") });
    assert.deepEqual(await states(), ["not met"]);
    write({ "reports/app.json": trivy("", "2026-11-20T06:00:00Z") });
    assert.deepEqual(await states(), ["unverifiable"]);
    write({ "reports/app.json": trivy("", "2026-11-26T06:00:00Z") });
    assert.deepEqual(await states(), []);
  });

  it("reads huge files to their end, passes binary ones over, and names what it cannot read", async () => {
    const line = "const filler = 1;\n";
    write({
      "huge.ts": line.repeat(200_000) + `const t = "Bea${""}rer ${token}";\n`,
      "long.js": `var a="${"x".repeat(3_000_000)}";var t="Bea${""}rer ${token}";`,
      "picture.json": Buffer.from([0, 1, 2, 3]),
    });
    const { result } = await scanned();
    assert.deepEqual(told(result), ["GL-SCAN-02 huge.ts:200001 not met", "GL-SCAN-02 long.js:1 not met"]);
    assert.deepEqual(result.binary, ["picture.json"]);
  });

  it("is inconclusive where it looked at nothing, and refuses settings it does not know", async () => {
    write({ "readme.md": "# nothing\n" });
    assert.equal((await scanned()).code, 30);
    write({ "greenlight.yaml": "scan:\n  kindz: [.ts]\n" });
    const { code, stderr } = await greenlight(["scan", dir]);
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
