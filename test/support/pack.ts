import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { root } from "../../local/state";
import type { Example } from "../../policies/engine/rule";

/** The compiled pack as the engine starts it: the SDK's own server, real protobuf messages over gRPC. */
export class Pack {
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

  /** Diagnostics of one resource alone. */
  judgeOne(
    { type, name, props }: Pick<Example["given"][number], "type" | "name" | "props">,
    urn = `urn:pulumi:test::test::${type}::${name}`,
    options = new proto.AnalyzerResourceOptions(),
  ): Promise<proto.AnalyzeDiagnostic[]> {
    const request = new proto.AnalyzeRequest();
    request.setType(type);
    request.setUrn(urn);
    request.setName(name);
    request.setProperties(structOf(props));
    request.setOptions(options);
    return this.call("analyze", request);
  }

  /** Diagnostics of resources each alone. A pack can be asked so any number of times. */
  async judgeEach(given: Example["given"]): Promise<proto.AnalyzeDiagnostic[]> {
    const found = await Promise.all(
      given.map((one, index) => this.judgeOne(one, `urn:pulumi:test::test::${one.type}::${one.name}-${index}`)),
    );
    return found.flat();
  }

  /** Diagnostics of a set of resources, as the engine asks for them: each alone, then all together. Ends the pack's run. */
  async judge(given: Example["given"]): Promise<proto.AnalyzeDiagnostic[]> {
    const found: proto.AnalyzeDiagnostic[] = [];
    const stack = new proto.AnalyzeStackRequest();
    const urns = given.map(({ type, name }, index) => `urn:pulumi:test::test::${type}::${name}-${index}`);
    for (const [index, { type, name, props, protect = true, parent }] of given.entries()) {
      const urn = urns[index]!;
      const options = new proto.AnalyzerResourceOptions();
      options.setProtect(protect);
      const struct = structOf(props);
      found.push(...(await this.judgeOne({ type, name, props }, urn, options)));
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

const structOf = (props: object): Struct =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as { [key: string]: never });
