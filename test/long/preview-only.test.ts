import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { root } from "../../local/state";
import { outputsOf } from "../../local/providers/preview-only/foreseen";
import type { Verdict } from "../../model/verdict";
import { greenlight, ownFolders, temporary } from "../support/local-stack";

const type = "random:index/randomPassword:RandomPassword";

/** A program whose ConfigMap holds what only the provider can tell, and whose password depends on nothing. */
const program = `
const random = require("@pulumi/random");
const core = require("@pulumi/kubernetes/core/v1");
const password = new random.RandomPassword("password", { length: 20 });
new core.Namespace("shop", { metadata: { name: "shop" } });
new core.ConfigMap("config", { metadata: { name: "config", namespace: "shop" }, data: { hash: password.bcryptHash } });
`;

describe("the stand-ins that only preview", function () {
  this.timeout(45 * 60_000);
  let dir: string;
  before(() => {
    dir = temporary();
    const project = path.join(dir, "project");
    fs.mkdirSync(project);
    fs.writeFileSync(
      path.join(project, "Pulumi.yaml"),
      "name: offline\nruntime: {name: nodejs, options: {typescript: false}}\n",
    );
    fs.writeFileSync(path.join(project, "package.json"), '{"name":"offline","main":"index.js"}');
    fs.writeFileSync(path.join(project, "index.js"), program);
    fs.symlinkSync(path.join(root, "node_modules"), path.join(project, "node_modules"));
  });
  after(async () => {
    await greenlight(["down", "--json"], ownFolders(dir));
    fs.rmSync(dir, { recursive: true, force: true });
  });

  it("know what only the provider fills in, from the package's own SDK", () => {
    assert.deepEqual(outputsOf(type, root), ["bcryptHash", "result"]);
    for (const odd of ["random:index/none:None", "none:index/x:X", "random:../../x:X", "random", ""])
      assert.deepEqual(outputsOf(odd, root), [], odd);
  });

  it("preview a program without its providers, and the verdict says what stood in", async () => {
    const place = path.join(dir, "project");
    const done = await greenlight(["preview", "--cwd", place, "--offline", "--json"], ownFolders(dir));
    const verdict = JSON.parse(done.stdout) as Verdict;
    assert.equal(verdict.verdict, "NO-GO", done.stderr);
    assert.ok(JSON.stringify(verdict.basis).includes("only foresee"), JSON.stringify(verdict.basis));
    const rules = (verdict: Verdict) => [...new Set(verdict.findings.map(one => `${one.rule} ${one.state}`))].sort();
    const checked = await greenlight(["check", place, "--json"], ownFolders(dir));
    assert.deepEqual(rules(JSON.parse(checked.stdout) as Verdict), rules(verdict));
  });

  it("refuse to make anything, and say what would", async () => {
    const child = spawn(path.join(root, "local", "providers", "preview-only", "pulumi-resource-aws"));
    try {
      const port = await new Promise<string>(resolve =>
        child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim())),
      );
      const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
      const request = new proto.CreateRequest();
      request.setType("aws:s3/bucket:Bucket");
      const error = await new Promise<grpc.ServiceError | null>(resolve => client.create(request, resolve));
      client.close();
      assert.match(
        error?.details ?? "",
        /creating aws:s3\/bucket:Bucket needs the official aws provider; this stand-in only previews/,
      );
    } finally {
      child.kill("SIGKILL");
    }
  });
});
