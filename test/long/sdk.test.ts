import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { root } from "../../local/state";
import type { AnyRule, Example } from "../../policies/engine/rule";
import { rules } from "../../policies/rules/catalogue";
import { temporary } from "../support/local-stack";

/** The compiled pack as the engine starts it: the SDK's own server, real protobuf messages over gRPC. */
class Pack {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  static async start(dir: string): Promise<Pack> {
    const env = {
      ...process.env,
      PULUMI_NODEJS_PROJECT: "test",
      PULUMI_NODEJS_STACK: "test",
      PULUMI_NODEJS_DRY_RUN: "true",
      GREENLIGHT_EVIDENCE: dir,
    };
    const child = spawn(process.execPath, [path.join(root, "policies", "bin", "index.js")], { env });
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim()));
      child.once("close", () => reject(new Error("the pack ended before it said its port")));
    });
    return new Pack(child, new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure()));
  }

  stop(): void {
    this.client.close();
    this.child.kill("SIGKILL");
  }

  private call<Request>(method: "analyze" | "analyzeStack", request: Request): Promise<proto.AnalyzeDiagnostic[]> {
    return new Promise((resolve, reject) => {
      const done = (error: grpc.ServiceError | null, response: proto.AnalyzeResponse) =>
        error ? reject(error) : resolve(response.getDiagnosticsList());
      (
        this.client[method] as unknown as (
          request: Request,
          done: (error: grpc.ServiceError | null, response: proto.AnalyzeResponse) => void,
        ) => void
      ).call(this.client, request, done);
    });
  }

  /** Diagnostics of a set of resources, as the engine asks for them: each alone, then all together. */
  async judge(given: Example["given"]): Promise<proto.AnalyzeDiagnostic[]> {
    const found: proto.AnalyzeDiagnostic[] = [];
    const stack = new proto.AnalyzeStackRequest();
    const urns = given.map(({ type, name }, index) => `urn:pulumi:test::test::${type}::${name}-${index}`);
    for (const [index, { type, name, props, protect = true, parent }] of given.entries()) {
      const urn = urns[index]!;
      const options = new proto.AnalyzerResourceOptions();
      options.setProtect(protect);
      const struct = Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as { [key: string]: never });
      const request = new proto.AnalyzeRequest();
      request.setType(type);
      request.setUrn(urn);
      request.setName(name);
      request.setProperties(struct);
      request.setOptions(options);
      found.push(...(await this.call("analyze", request)));
      const resource = new proto.AnalyzerResource();
      resource.setType(type);
      resource.setUrn(urn);
      resource.setName(name);
      resource.setProperties(struct);
      resource.setOptions(options);
      resource.setParent(urns[given.findIndex(one => one.name === parent)] ?? "");
      stack.addResources(resource);
    }
    found.push(...(await this.call("analyzeStack", stack)));
    return found;
  }
}

/** Whether a rule must stop the run for an example. */
const isStopped = ({ want }: Example) => want === "not met" || want === "unverifiable";

describe("every example through the SDK's server", function () {
  this.timeout(120_000);

  // The tier is the run's own, and a run without a target is production's.
  for (const rule of rules.filter(one => (one.judgedAt ?? "production") === "production"))
    it(`${rule.id}: ${rule.examples.length} examples`, async () => {
      // Two at a time: each has a pack of its own.
      const left = [...rule.examples];
      const worker = async () => {
        for (let example = left.shift(); example; example = left.shift()) await tried(rule, example);
      };
      await Promise.all([worker(), worker()]);
    });

  async function tried(rule: AnyRule, example: Example): Promise<void> {
    const dir = temporary();
    const pack = await Pack.start(dir);
    try {
      const all = await pack.judge(example.given);
      const own = all.filter(one => one.getPolicyname() === `${rule.id.toLowerCase()}-${rule.slug}`);
      const messages = own.map(one => one.getMessage()).join("\n");
      assert.equal(own.length > 0, isStopped(example), `${example.name}: ${messages || "nothing was said"}`);
      for (const one of own) assert.equal(one.getEnforcementlevel(), proto.EnforcementLevel.MANDATORY);
      if (isStopped(example) && example.says) assert.ok(messages.includes(example.says), messages);
    } finally {
      pack.stop();
      fs.rmSync(dir, { recursive: true, force: true });
    }
  }
});
