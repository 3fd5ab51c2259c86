import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProto from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { chartType } from "../../local/providers/kubernetes/chart";
import { checkInputs, planOutputs } from "../../local/providers/kubernetes/plan";
import { foreseen } from "../../local/providers/preview-only/foreseen";
import { decode, encode } from "../../local/providers/wire";
import type { TreeObject } from "../../model/unknown";

/**
 * A preview without an engine: it answers the program's resource monitor over the same protocol, lets the stand-in's
 * own check and plan functions decide what inputs and outputs look like, and hands every resource to the caller.
 */

export interface Registered {
  urn: string;
  type: string;
  /** Checked inputs, as the pack's resource rules get them. */
  inputs: TreeObject;
  /** Planned outputs, as its stack rules get them. */
  outputs: TreeObject;
  /** The resource's `protect` option. */
  protect: boolean;
  /** URN of the resource it is a part of. */
  parent: string;
}

export interface InProcessEngine {
  address: string;
  resources: Registered[];
  /** What the program said: errors first of all. */
  messages: { severity: "debug" | "info" | "warning" | "error"; text: string }[];
  stop(): void;
}

/** Features of the real engine's monitor that this one has too. */
const features = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "deletedWith",
  "parameterization",
  "transforms",
]);

export async function startEngine(
  project: string,
  stack: string,
  onResource: (urn: string, type: string, inputs: unknown) => void,
): Promise<InProcessEngine> {
  const resources: Registered[] = [];
  const messages: InProcessEngine["messages"] = [];
  const byUrn = new Map<string, Registered>();
  let root = "";

  const toStruct = (tree: TreeObject) => Struct.fromJavaScript(encode(tree) as { [key: string]: never });
  /** As the engine passes properties to the pack: secrets in clear, unknowns as sentinels. */
  const toPack = (tree: TreeObject) => encode(tree);

  const urnOf = (parent: string, type: string, name: string) => {
    const parentType = parent.split("::")[2];
    const qualified = parentType && parentType !== "pulumi:pulumi:Stack" ? `${parentType}$${type}` : type;
    return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
  };

  function register(request: {
    type: string;
    name: string;
    parent: string;
    custom: boolean;
    props: Struct | undefined;
    protect: boolean;
  }) {
    const { type, name, custom } = request;
    const urn = urnOf(request.parent || (type === "pulumi:pulumi:Stack" ? "" : root), type, name);
    if (byUrn.has(urn)) throw new Error(`two resources are called ${name} (${type}); each needs a name of its own`);
    const raw = decode(request.props?.toJavaScript()).tree;
    const isKubernetes = custom && type.startsWith("kubernetes:");
    const checked = isKubernetes
      ? checkInputs(type, name, raw, undefined, Buffer.from(urn))
      : { inputs: raw, failures: [] };
    if (checked.failures.length > 0)
      throw new Error(`${type} ${name}: ${checked.failures.map(failure => failure.reason).join("; ")}`);
    const outputs = isKubernetes
      ? planOutputs(checked.inputs)
      : custom
        ? foreseen(type, checked.inputs, process.cwd())
        : checked.inputs;
    const registered = {
      urn,
      type,
      inputs: checked.inputs,
      outputs,
      protect: request.protect,
      parent: request.parent || root,
    };
    byUrn.set(urn, registered);
    resources.push(registered);
    onResource(urn, type, toPack(checked.inputs));
    return registered;
  }

  const refuse = (what: string) => () => {
    throw new Error(`${what} needs the real engine; run \`greenlight preview\` instead of \`greenlight check\``);
  };

  const monitor = {
    supportsFeature: unary<proto.SupportsFeatureRequest, proto.SupportsFeatureResponse>(request => {
      const response = new proto.SupportsFeatureResponse();
      response.setHassupport(features.has(request.getId()));
      return response;
    }),
    registerResource: unary<proto.RegisterResourceRequest, proto.RegisterResourceResponse>(request => {
      const type = request.getType();
      // As the stand-in provider: a chart is seen, and seen to be unrendered.
      if (request.getRemote() && type !== chartType)
        refuse(`the component ${type} ${request.getName()}, which its provider builds,`)();
      const made = register({
        type,
        name: request.getName(),
        parent: request.getParent(),
        custom: request.getCustom(),
        props: request.getObject(),
        protect: request.getProtect() ?? false,
      });
      if (type === "pulumi:pulumi:Stack") root = made.urn;
      const response = new proto.RegisterResourceResponse();
      response.setUrn(made.urn);
      response.setObject(toStruct(made.outputs));
      return response;
    }),
    readResource: unary<proto.ReadResourceRequest, proto.ReadResourceResponse>(request => {
      const urn = urnOf(request.getParent() || root, request.getType(), request.getName());
      const response = new proto.ReadResourceResponse();
      response.setUrn(urn);
      const properties = request.getProperties()?.toJavaScript() ?? {};
      // Another stack's outputs are nothing that can be foreseen here; it is read as one that was never deployed.
      const isStack = request.getType() === "pulumi:pulumi:StackReference";
      response.setProperties(
        Struct.fromJavaScript({ ...properties, ...(isStack ? { outputs: {}, secretOutputNames: [] } : {}) } as {
          [key: string]: never;
        }),
      );
      return response;
    }),
    registerResourceOutputs: unary<proto.RegisterResourceOutputsRequest, Empty>(request => {
      const known = byUrn.get(request.getUrn());
      if (known) known.outputs = decode(request.getOutputs()?.toJavaScript()).tree;
      return new Empty();
    }),
    registerPackage: unary<proto.RegisterPackageRequest, proto.RegisterPackageResponse>(() => {
      const response = new proto.RegisterPackageResponse();
      response.setRef("in-process");
      return response;
    }),
    invoke: unary(refuse("a function call to a provider")),
    call: unary(refuse("a method call to a provider")),
    registerStackTransform: unary(refuse("a stack transform")),
    registerStackInvokeTransform: unary(refuse("an invoke transform")),
    signalAndWaitForShutdown: unary<Empty, Empty>(() => new Empty()),
  };
  const severities = ["debug", "info", "warning", "error"] as const;
  const engine = {
    log: unary<engineProto.LogRequest, Empty>(request => {
      messages.push({ severity: severities[request.getSeverity()] ?? "info", text: request.getMessage() });
      return new Empty();
    }),
    getRootResource: unary<engineProto.GetRootResourceRequest, engineProto.GetRootResourceResponse>(() => {
      const response = new engineProto.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    setRootResource: unary<engineProto.SetRootResourceRequest, engineProto.SetRootResourceResponse>(request => {
      root = request.getUrn();
      return new engineProto.SetRootResourceResponse();
    }),
  };

  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(ResourceMonitorService, monitor as unknown as grpc.UntypedServiceImplementation);
  server.addService(EngineService, engine as unknown as grpc.UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, resources, messages, stop: () => server.forceShutdown() };
}

function unary<Request, Response>(handler: (request: Request) => Response): grpc.handleUnaryCall<Request, Response> {
  return (call, reply) => {
    try {
      reply(null, handler(call.request));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      reply({ code: grpc.status.UNKNOWN, message, details: message });
    }
  };
}
