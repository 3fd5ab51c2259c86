import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { greenlight } from "../support/local-stack";
import { at, digest, scanRoom, told } from "../support/scan-room";

describe("greenlight scan", function () {
  this.timeout(120_000);
  const { dir, write, scanned } = scanRoom();

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
    const { stdout } = await greenlight(["scan", dir(), "--json", "--at", "2026-11-28T12:00:00Z"]);
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
    const { result } = await scanned("--report", path.join(dir(), "out"));
    assert.deepEqual(
      result.findings.map(one => `${one.subject} ${one.state}`),
      ["bad not met", "silent unverifiable"],
    );
    const bom = JSON.parse(fs.readFileSync(path.join(dir(), "out", "sbom.cdx.json"), "utf8")) as {
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

  it("asks a scanner that is on PATH about each image, by its digest", async () => {
    const bin = path.join(dir(), "bin");
    // Stands for trivy, which has neither registry nor database here: what it would print, and what it was asked.
    write({
      "bin/trivy": `#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "$@" > ${dir()}/asked\necho '{"SchemaVersion":2,"ArtifactName":"app","CreatedAt":"2026-11-26T11:00:00Z","Metadata":{"RepoDigests":["app@${digest}"]},"Results":[{"Packages":[{}],"Vulnerabilities":[{"Severity":"CRITICAL"}]}]}'\n`,
      "greenlight.yaml": `scan:\n  images: ["app@${digest}"]\n`,
      "a.ts": "",
    });
    fs.chmodSync(path.join(bin, "trivy"), 0o755);
    const search = `${bin}${path.delimiter}${process.env.PATH}`;
    const { code, stdout } = await greenlight(["scan", dir(), "--at", at], { PATH: search });
    assert.equal(code, 20);
    assert.match(stdout, /deploys app@sha256:(a1){32}: 1 severe findings; need 0/);
    assert.equal(
      fs.readFileSync(path.join(dir(), "asked"), "utf8").trim(),
      `image --quiet --format json app@${digest}`,
    );
  });
});
