import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { entryDir, inspectEntry, seal } from "../../local/toolchain/cache";
import { ensurePart } from "../../local/toolchain/ensure";
import type { Part } from "../../local/toolchain/pins";
import { parts } from "../../local/toolchain/pins";
import { compareVersions } from "../../local/toolchain/platform";
import { checksumOf, download } from "../../local/toolchain/vendor";
import { capture } from "../../local/process";

const sha = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

describe("the toolchain", () => {
  let dir: string;
  let saved: NodeJS.ProcessEnv;
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-test-"));
    saved = { ...process.env };
    process.env.GREENLIGHT_CACHE = path.join(dir, "cache");
  });
  afterEach(() => {
    process.env = saved;
    fs.rmSync(dir, { recursive: true, force: true });
  });

  /** A server with the files a vendor would publish, on the loopback address. */
  async function published(files: Record<string, string | Buffer>): Promise<{ base: string; stop: () => void }> {
    const server = http.createServer((request, response) => {
      const body = files[request.url!];
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    return {
      base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      stop: () => void (server.close(), server.closeAllConnections()),
    };
  }

  const part = (change: Partial<Part>): Part => ({
    name: "tool",
    version: "1.0.0",
    purpose: "a test",
    programs: ["tool"],
    go: [],
    ...change,
  });
  const script = "#!/bin/sh\necho tool 1.2.3\n";

  it("takes what the vendor publishes, and the second time what is cached", async () => {
    const { base, stop } = await published({ "/tool": script, "/tool.sha256": sha(script) });
    try {
      const wanted = part({
        vendor: () => [{ url: `${base}/tool`, checksumUrl: `${base}/tool.sha256`, programs: ["tool"] }],
      });
      const made = await ensurePart(wanted, () => undefined);
      assert.equal(made.source, "vendor download");
      assert.equal((await capture(path.join(made.dir, "tool"), [])).trim(), "tool 1.2.3");
      stop();
      assert.equal((await ensurePart(wanted, () => undefined)).source, "vendor download");
    } finally {
      stop();
    }
  });

  it("takes programs out of a published archive", async () => {
    fs.mkdirSync(path.join(dir, "tool-1.0", "bin"), { recursive: true });
    fs.writeFileSync(path.join(dir, "tool-1.0", "bin", "tool"), script);
    await capture("tar", ["-czf", path.join(dir, "t.tar.gz"), "-C", dir, "tool-1.0"]);
    const archive = fs.readFileSync(path.join(dir, "t.tar.gz"));
    const { base, stop } = await published({
      "/t.tar.gz": archive,
      "/sums": `${sha("other")}  other.tar.gz\n${sha(archive)}  t.tar.gz\n`,
    });
    try {
      const out = path.join(dir, "out");
      fs.mkdirSync(out);
      assert.equal(
        await download(
          [{ url: `${base}/t.tar.gz`, checksumUrl: `${base}/sums`, programs: ["tool"] }],
          out,
          () => undefined,
        ),
        true,
      );
      assert.equal(fs.readFileSync(path.join(out, "tool"), "utf8"), script);
    } finally {
      stop();
    }
  });

  it("uses nothing whose checksum is another", async () => {
    const { base, stop } = await published({ "/tool": script, "/tool.sha256": sha("something else") });
    try {
      const wanted = part({
        vendor: () => [{ url: `${base}/tool`, checksumUrl: `${base}/tool.sha256`, programs: ["tool"] }],
      });
      await assert.rejects(
        ensurePart(wanted, () => undefined),
        /of SHA-256 .*Nothing of it was used/,
      );
      assert.equal(inspectEntry(entryDir(wanted)).fault, "unfinished");
    } finally {
      stop();
    }
  });

  it("says what is needed where there is no network and no go", async () => {
    const bare = path.join(dir, "bare");
    fs.mkdirSync(bare);
    process.env.PATH = bare;
    const wanted = part({
      vendor: () => [{ url: "http://127.0.0.1:1/tool", checksumUrl: "http://127.0.0.1:1/sums", programs: ["tool"] }],
    });
    await assert.rejects(
      ensurePart(wanted, () => undefined),
      /tool 1\.0\.0 is on no PATH, in no cache, and its maker's site did not answer; there is no go.*Install Go/,
    );
  });

  it("makes a truncated cache entry again, and says so", async () => {
    const { base, stop } = await published({ "/tool": script, "/tool.sha256": sha(script) });
    try {
      const wanted = part({
        vendor: () => [{ url: `${base}/tool`, checksumUrl: `${base}/tool.sha256`, programs: ["tool"] }],
      });
      const { dir: entry } = await ensurePart(wanted, () => undefined);
      fs.truncateSync(path.join(entry, "tool"), 5);
      const said: string[] = [];
      await ensurePart(wanted, text => said.push(text));
      assert.ok(
        said.some(text => /unusable \(tool is 5 bytes; need \d+\)/.test(text)),
        said.join("\n"),
      );
      assert.equal(fs.readFileSync(path.join(entry, "tool"), "utf8"), script);
    } finally {
      stop();
    }
  });

  it("starts over what an interruption left unfinished", async () => {
    const { base, stop } = await published({ "/tool": script, "/tool.sha256": sha(script) });
    try {
      const wanted = part({
        vendor: () => [{ url: `${base}/tool`, checksumUrl: `${base}/tool.sha256`, programs: ["tool"] }],
      });
      fs.mkdirSync(entryDir(wanted), { recursive: true });
      fs.writeFileSync(path.join(entryDir(wanted), "tool"), "half");
      assert.equal((await ensurePart(wanted, () => undefined)).source, "vendor download");
    } finally {
      stop();
    }
  });

  it("is made once when two want it at once; the second waits", async () => {
    let served = 0;
    const server = http.createServer((request, response) => {
      if (request.url === "/tool") served++;
      setTimeout(() => response.end(request.url === "/tool" ? script : sha(script)), 200);
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const wanted = part({
        vendor: () => [{ url: `${base}/tool`, checksumUrl: `${base}/tool.sha256`, programs: ["tool"] }],
      });
      const said: string[] = [];
      await Promise.all([1, 2].map(() => ensurePart(wanted, text => said.push(text))));
      assert.equal(served, 1);
      assert.ok(said.includes("another greenlight is making it; waiting"));
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it("prefers programs on PATH of a version in range, and passes over others", async () => {
    const bin = path.join(dir, "bin");
    fs.mkdirSync(bin);
    fs.writeFileSync(path.join(bin, "tool"), script, { mode: 0o755 });
    process.env.PATH = `${bin}${path.delimiter}${process.env.PATH}`;
    const wanted = part({ onPath: { args: [], atLeast: "1.2.0", below: "2.0.0" } });
    assert.equal((await ensurePart(wanted, () => undefined)).source, "PATH (1.2.3)");
    fs.mkdirSync(entryDir(wanted), { recursive: true });
    seal(entryDir(wanted), "cached for the test");
    const newer = part({ onPath: { args: [], atLeast: "1.3.0", below: "2.0.0" } });
    assert.equal((await ensurePart(newer, () => undefined)).source, "cached for the test");
  });

  it("finds a changed byte when it looks deeply", () => {
    const entry = path.join(dir, "entry");
    fs.mkdirSync(entry);
    fs.writeFileSync(path.join(entry, "tool"), "abc");
    seal(entry, "test");
    fs.writeFileSync(path.join(entry, "tool"), "abd");
    assert.equal(inspectEntry(entry).source, "test");
    assert.match(inspectEntry(entry, true).fault!, /another hash/);
  });

  it("reads checksum files of both forms", () => {
    assert.equal(checksumOf(sha("x"), "tool"), sha("x"));
    assert.equal(checksumOf(`${sha("x")} *tool\n`, "tool"), sha("x"));
    assert.equal(checksumOf(`${sha("x")}  other\n`, "tool"), undefined);
    assert.equal(checksumOf("<html>not found</html>", "tool"), undefined);
  });

  it("compares versions number by number", () => {
    assert.ok(compareVersions("v1.10.0", "1.9.9") > 0);
    assert.ok(compareVersions("1.36.3-rc.1", "1.36.3") === 0);
    assert.ok(compareVersions("3.217", "3.217.1") < 0);
  });

  it("gives every part a cache entry of its own, keyed by its pins", () => {
    const dirs = parts.map(entryDir);
    assert.equal(new Set(dirs).size, parts.length);
    assert.notEqual(entryDir(parts[0]!), entryDir({ ...parts[0]!, go: [] }));
  });
});
