import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import { root } from "../../local/state";
import { temporary } from "../support/local-stack";

/** Asks as a browser would, under any name. */
const ask = (
  url: string,
  { host, method = "GET" }: { host?: string; method?: string } = {},
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers: host ? { host } : {} }, response => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on("error", reject).end();
  });

describe("greenlight report --serve --watch", function () {
  this.timeout(300_000);

  it("serves its own folder on this machine alone, judges again on a change, and ends when interrupted", async () => {
    const dir = temporary();
    const evidence = path.join(dir, "evidence");
    const out = path.join(dir, "out");
    fs.mkdirSync(evidence);
    fs.writeFileSync(path.join(dir, "secret.txt"), "not of the report");
    const child = spawn(
      process.execPath,
      [
        path.join(root, "bin", "cli", "greenlight.js"),
        ...["report", "--stack", "staging", "--evidence", evidence, "--out", out, "--serve", "--watch"],
      ],
      { cwd: root, env: { ...process.env, NO_COLOR: "1", CI: "true" } },
    );
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    const until = async (holds: () => boolean) => {
      while (!holds() && child.exitCode === null) await new Promise(resolve => setTimeout(resolve, 50));
      assert.ok(holds(), said);
    };
    await until(() => /watching /.test(said));
    const url = /served at (\S+)/.exec(said)![1]!;
    const page = await ask(url);
    assert.equal(page.status, 200);
    assert.equal(page.text, fs.readFileSync(path.join(out, "report.html"), "utf8"));
    assert.equal((await ask(`${url}report.json`)).status, 200);
    for (const place of [
      "..%2Fsecret.txt",
      "../secret.txt",
      "%2e%2e/secret.txt",
      "nothing.html",
      "evidence/",
      "%E0%A4%A",
    ])
      assert.equal((await ask(`${url}${place}`)).status, 404, place);
    assert.equal((await ask(url, { host: "evil.example" })).status, 421);
    assert.equal((await ask(url, { method: "POST" })).status, 405);
    const judgements = () => said.match(/^(GO|NO-GO|INCONCLUSIVE|CONDITIONAL) {2}/gm)!.length;
    assert.equal(judgements(), 1);
    fs.writeFileSync(path.join(evidence, "sbom.json"), '{"bomFormat": "CycloneDX", "components": [{}]}');
    await until(() => judgements() === 2);
    fs.writeFileSync(path.join(evidence, "broken.json"), '{"schema": "greenlight.evidence/1"}');
    await until(() => /broken\.json/.test(said));
    assert.match((await ask(`${url}report.json`)).text, /sbom\.json/);
    child.kill("SIGINT");
    assert.equal(await new Promise(resolve => child.once("close", resolve)), 130);
    await assert.rejects(ask(url));
    fs.rmSync(dir, { recursive: true });
  });
});
