import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { TreeObject } from "../../../model/unknown";
import { unary } from "../kubernetes/rpc";
import { changedPaths } from "../kubernetes/plan";
import { decode, encode } from "../wire";
import { foreseen } from "./foreseen";

/**
 * Stands in for the provider of a cloud at offline previews: it foresees what would be registered and makes, reads and
 * deletes nothing. Which provider it stands in for, its own file name says (`pulumi-resource-<package>`).
 */

const packageName = path.basename(process.argv[1] ?? "").replace(/^pulumi-resource-/, "");

const refuse = (what: string) => (): never => {
  throw new Error(
    `${what} needs the official ${packageName} provider; this stand-in only previews. Nothing was done. ` +
      "Preview without --offline where the provider and its credentials are.",
  );
};

const js = (struct: Struct | undefined) => decode(struct?.toJavaScript());
const toStruct = (tree: TreeObject, secrets: Parameters<typeof encode>[1] = []) =>
  Struct.fromJavaScript(encode(tree, secrets) as { [key: string]: never });
const typeOf = (request: { getType(): string; getUrn(): string }) =>
  request.getType() || request.getUrn().split("::")[2]!.split("$").pop()!;

const handlers = {
  getSchema: unary<proto.GetSchemaRequest, proto.GetSchemaResponse>(() => {
    const response = new proto.GetSchemaResponse();
    response.setSchema("{}");
    return response;
  }),
  getPluginInfo: unary<Empty, PluginInfo>(() => {
    const response = new PluginInfo();
    response.setVersion("0.0.0+greenlight.preview-only");
    return response;
  }),
  checkConfig: unary<proto.CheckRequest, proto.CheckResponse>(request => {
    const response = new proto.CheckResponse();
    response.setInputs(request.getNews());
    return response;
  }),
  diffConfig: unary<proto.DiffRequest, proto.DiffResponse>(() => new proto.DiffResponse()),
  configure: unary<proto.ConfigureRequest, proto.ConfigureResponse>(() => {
    const response = new proto.ConfigureResponse();
    response.setSupportspreview(true);
    response.setAcceptsecrets(true);
    return response;
  }),
  check: unary<proto.CheckRequest, proto.CheckResponse>(request => {
    const response = new proto.CheckResponse();
    response.setInputs(request.getNews());
    return response;
  }),
  diff: unary<proto.DiffRequest, proto.DiffResponse>(request => {
    const response = new proto.DiffResponse();
    const changed = changedPaths(js(request.getOldInputs()).tree, js(request.getNews()).tree);
    const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
    response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
    return response;
  }),
  create: unary<proto.CreateRequest, proto.CreateResponse>(request => {
    if (!request.getPreview()) return refuse(`creating ${typeOf(request)}`)();
    const { tree, secrets } = js(request.getProperties());
    const response = new proto.CreateResponse();
    response.setProperties(toStruct(foreseen(typeOf(request), tree, process.cwd()), secrets));
    return response;
  }),
  update: unary<proto.UpdateRequest, proto.UpdateResponse>(request => {
    if (!request.getPreview()) return refuse(`updating ${typeOf(request)}`)();
    const { tree, secrets } = js(request.getNews());
    const response = new proto.UpdateResponse();
    response.setProperties(toStruct(foreseen(typeOf(request), tree, process.cwd()), secrets));
    return response;
  }),
  read: unary<proto.ReadRequest, proto.ReadResponse>(request => refuse(`reading ${typeOf(request)}`)()),
  delete: unary<proto.DeleteRequest, Empty>(request => refuse(`deleting ${typeOf(request)}`)()),
  invoke: unary<proto.InvokeRequest, proto.InvokeResponse>(request => refuse(`asking ${request.getTok()}`)()),
};

const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
server.addService(ResourceProviderService, handlers as unknown as grpc.UntypedServiceImplementation);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // The engine reads the port from here; nothing else may ever be printed on stdout.
  process.stdout.write(`${port}\n`);
});
