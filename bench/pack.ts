import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { root } from "../local/state";
import { system } from "../policies/engine/example";

/**
 * What our pack costs over the SDK's own work: our pack and one that does nothing, each started as the engine starts a
 * pack and spoken to over the engine's protocol, turn about in one run.
 */

const rounds = 7;
const resources = 500;

interface Running {
  child: ChildProcess;
  client: AnalyzerClient;
  bootMs: number;
}

/** A pack with one resource policy and one stack policy that look at nothing, in a new folder: the SDK alone. */
export function idlePack(dir: string): string {
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, "PulumiPolicy.yaml"), "runtime: {name: nodejs, options: {typescript: false}}\n");
  fs.writeFileSync(path.join(dir, "package.json"), '{"name":"idle","version":"1.0.0","main":"index.js"}');
  fs.writeFileSync(
    path.join(dir, "index.js"),
    `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("idle", { policies: [
  { name: "resource", description: "d", enforcementLevel: "mandatory", validateResource: () => {} },
  { name: "stack", description: "d", enforcementLevel: "mandatory", validateStack: () => {} },
] });`,
  );
  fs.symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
  return dir;
}

async function start(dir: string, evidence: string): Promise<Running> {
  const started = performance.now();
  const program = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const env = {
    ...process.env,
    PULUMI_NODEJS_PROJECT: "bench",
    PULUMI_NODEJS_STACK: "bench",
    PULUMI_NODEJS_DRY_RUN: "true",
    GREENLIGHT_EVIDENCE: evidence,
  };
  const child = spawn(process.execPath, [program, "127.0.0.1:1", "."], {
    cwd: dir,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise<string>(resolve =>
    child.stdout!.once("data", (data: Buffer) => resolve(String(data).trim())),
  );
  const bootMs = performance.now() - started;
  const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": 1e8,
    "grpc.max_send_message_length": 1e8,
  });
  return { child, client, bootMs };
}

/** A hundred services of five objects each, all of them sound. */
function stackOf(count: number): { type: string; urn: string; props: Struct }[] {
  const all: { type: string; urn: string; props: Struct }[] = [];
  for (let i = 0; all.length < count; i++) {
    const text = JSON.stringify(system()).replaceAll('"api"', `"api-${i}"`).replaceAll('"shop"', `"shop-${i}"`);
    const service = {
      type: "kubernetes:core/v1:Service",
      name: "api",
      props: { metadata: { name: `api-${i}`, namespace: `shop-${i}` }, spec: { ports: [{ port: 80 }] } },
    };
    for (const { type, props } of [...(JSON.parse(text) as { type: string; props: object }[]), service])
      all.push({
        type,
        urn: `urn:pulumi:bench::bench::${type}::r${all.length}`,
        props: Struct.fromJavaScript(props as { [key: string]: never }),
      });
  }
  return all.slice(0, count);
}

async function analyse(client: AnalyzerClient, list: ReturnType<typeof stackOf>): Promise<number> {
  const started = performance.now();
  for (const { type, urn, props } of list) {
    const request = new proto.AnalyzeRequest();
    request.setType(type);
    request.setUrn(urn);
    request.setName(urn.split("::").pop()!);
    request.setProperties(props);
    request.setOptions(new proto.AnalyzerResourceOptions());
    await new Promise<void>((resolve, reject) => client.analyze(request, error => (error ? reject(error) : resolve())));
  }
  return (performance.now() - started) / list.length;
}

async function analyseStack(client: AnalyzerClient, list: ReturnType<typeof stackOf>): Promise<number> {
  const request = new proto.AnalyzeStackRequest();
  request.setResourcesList(
    list.map(({ type, urn, props }) => {
      const resource = new proto.AnalyzerResource();
      resource.setType(type);
      resource.setUrn(urn);
      resource.setName(urn.split("::").pop()!);
      resource.setProperties(props);
      resource.setOptions(new proto.AnalyzerResourceOptions());
      return resource;
    }),
  );
  const started = performance.now();
  await new Promise<void>((resolve, reject) =>
    client.analyzeStack(request, error => (error ? reject(error) : resolve())),
  );
  return performance.now() - started;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const spread = (values: number[], digits: number) =>
  `${Math.min(...values).toFixed(digits)}/${median(values).toFixed(digits)}/${Math.max(...values).toFixed(digits)}`;

/** Prints what our pack costs beside one that does nothing. */
export async function benchPack(): Promise<void> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-bench-"));
  try {
    const packs = { ours: path.join(root, "policies"), idle: idlePack(path.join(dir, "idle")) };
    const list = stackOf(resources);
    const measured: Record<"boot" | "resource" | "stack", Record<"ours" | "idle", number[]>> = {
      boot: { ours: [], idle: [] },
      resource: { ours: [], idle: [] },
      stack: { ours: [], idle: [] },
    };
    for (let round = 0; round < rounds; round++)
      for (const name of ["idle", "ours"] as const) {
        const { child, client, bootMs } = await start(packs[name], path.join(dir, "evidence"));
        measured.boot[name].push(bootMs);
        try {
          // The first hundred warm the process up; every engine run has them too, but they hide what a resource costs.
          await analyse(client, list.slice(0, 100));
          measured.resource[name].push(await analyse(client, list));
          measured.stack[name].push(await analyseStack(client, list));
        } finally {
          client.close();
          child.kill();
        }
      }
    console.log(`our pack against one that does nothing, ${rounds} rounds, min/median/max in ms`);
    const rows = [
      ["start-up", "boot", 300, 0],
      ["per resource", "resource", 2, 2],
      [`stack phase at ${resources} resources`, "stack", 150, 0],
    ] as const;
    let over = 0;
    for (const [label, key, allowed, digits] of rows) {
      const { ours, idle } = measured[key];
      const share = median(ours) - median(idle);
      if (share > allowed) over++;
      const ratio = (median(ours) / median(idle)).toFixed(2);
      console.log(
        `${label}: ours ${spread(ours, digits)}, idle ${spread(idle, digits)}: ${ratio} times, our share ${share.toFixed(digits)} ms (at most ${allowed}: ${share <= allowed ? "kept" : "NOT KEPT"})`,
      );
    }
    process.exitCode = over > 0 ? 1 : 0;
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
