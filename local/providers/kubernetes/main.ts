import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { version as sdkVersion } from "@pulumi/kubernetes/package.json";
import type { TreeObject } from "../../../model/unknown";
import { holdsUnknown } from "../../../model/unknown";
import type { Api, KubeObject } from "../../kubernetes-api";
import { ApiError, connect } from "../../kubernetes-api";
import type { PropertyPath } from "../wire";
import { decode, encode } from "../wire";
import { awaitReady, lacksNow, NotReady } from "./await";
import { constructChart } from "./chart";
import { create, driftedInputs, idOf, read, remove, update, withoutManagedFields } from "./objects";
import { InitFailed, unary } from "./rpc";
import { ownKubeconfig } from "./own-server";
import { alwaysSecret, at, changedPaths, checkInputs, identityPaths, sameGroup } from "./plan";

/**
 * The stand-in for the official Kubernetes provider: the same resource types over the engine's own protocol
 * (pulumirpc.ResourceProvider), used where the official plugin cannot be had, against our own API server only.
 */

/** Stands in for the plugin of the installed SDK's version, and says in the version that it does. */
const version = `${sdkVersion.replace(/^v/, "")}+greenlight.stand-in`;
/** How long readiness and deletion are waited for unless the program says otherwise, in milliseconds. */
const defaultTimeoutMs = 600_000;

let api: Api | undefined;
const cancelled = new AbortController();
/** URNs whose object will be deleted before its successor is made: until then a preview finds the old one in its place. */
const replacing = new Set<string>();

const server = (): Api => (api ??= connect(ownKubeconfig()));
const js = (struct: Struct | undefined) => decode(struct?.toJavaScript());
const toStruct = (tree: TreeObject, secrets: readonly PropertyPath[] = []): Struct =>
  Struct.fromJavaScript(encode(tree, secrets) as { [key: string]: never });

/** Where outputs are secret: where the inputs were, and all data of a Secret. */
const secretOutputs = (inputs: TreeObject, secrets: readonly PropertyPath[]): PropertyPath[] => [
  ...secrets,
  ...alwaysSecret(inputs).map(key => [key]),
  ...(alwaysSecret(inputs).includes("stringData") ? [["data"]] : []),
];

const timeoutMs = (seconds: number) => (seconds > 0 ? seconds * 1000 : defaultTimeoutMs);
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
    response.setVersion(version);
    return response;
  }),
  checkConfig: unary<proto.CheckRequest, proto.CheckResponse>(request => {
    const response = new proto.CheckResponse();
    response.setInputs(request.getNews());
    return response;
  }),
  diffConfig: unary<proto.DiffRequest, proto.DiffResponse>(() => {
    // A changed kubeconfig must not replace every object: which server it is, configure decides.
    const response = new proto.DiffResponse();
    response.setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE);
    return response;
  }),
  configure: unary<proto.ConfigureRequest, proto.ConfigureResponse>(() => {
    const response = new proto.ConfigureResponse();
    response.setSupportspreview(true);
    response.setAcceptsecrets(true);
    response.setAcceptresources(false);
    response.setAcceptoutputs(false);
    return response;
  }),
  check: unary<proto.CheckRequest, proto.CheckResponse>(request => {
    const { tree, secrets } = js(request.getNews());
    const olds = js(request.getOlds()).tree;
    const name = request.getName() || request.getUrn().split("::").pop()!;
    const checked = checkInputs(typeOf(request), name, tree, olds, request.getRandomseed_asU8());
    const response = new proto.CheckResponse();
    response.setInputs(toStruct(checked.inputs, secrets));
    response.setFailuresList(
      checked.failures.map(({ property, reason }) => {
        const failure = new proto.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        return failure;
      }),
    );
    return response;
  }),
  diff: unary<proto.DiffRequest, proto.DiffResponse>(async request => {
    const before = js(request.getOldInputs()).tree;
    const after = js(request.getNews()).tree;
    const changed = changedPaths(before, after);
    const response = new proto.DiffResponse();
    if (changed.length === 0) {
      response.setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    }
    response.setChanges(proto.DiffResponse.DiffChanges.DIFF_SOME);
    response.setDiffsList([...new Set(changed.map(path => path[0]!))]);
    const replaces = await replacedPaths(request.getId(), changed, before, after);
    const detailed = response.getDetaileddiffMap();
    for (const path of changed) {
      const diff = new proto.PropertyDiff();
      const text = joined(path);
      const kinds = proto.PropertyDiff.Kind;
      const kind = at(before, path) === undefined ? "ADD" : at(after, path) === undefined ? "DELETE" : "UPDATE";
      diff.setKind(replaces.has(text) ? kinds[`${kind}_REPLACE`] : kinds[kind]);
      diff.setInputdiff(true);
      detailed.set(text, diff);
    }
    response.setHasdetaileddiff(true);
    response.setReplacesList([...replaces]);
    // Two objects of one name cannot live side by side.
    const sameName = identityPaths.every(path => path === "apiVersion" || !changed.some(one => joined(one) === path));
    response.setDeletebeforereplace(replaces.size > 0 && sameName);
    if (replaces.size > 0 && sameName) replacing.add(request.getUrn());
    return response;
  }),
  create: unary<proto.CreateRequest, proto.CreateResponse>(async request => {
    const { tree, secrets } = js(request.getProperties());
    const response = new proto.CreateResponse();
    const made = await create(server(), tree, request.getPreview(), replacing.has(request.getUrn()), cancelled.signal);
    if (!request.getPreview()) response.setId(idOf(made));
    const settled = request.getPreview()
      ? made
      : await settle(made, tree, secrets, timeoutMs(request.getTimeout()), request.getProperties()!);
    response.setProperties(toStruct(settled, secretOutputs(tree, secrets)));
    return response;
  }),
  update: unary<proto.UpdateRequest, proto.UpdateResponse>(async request => {
    const { tree, secrets } = js(request.getNews());
    const response = new proto.UpdateResponse();
    const made = await update(server(), request.getId(), tree, request.getPreview());
    const settled = request.getPreview()
      ? made
      : await settle(made, tree, secrets, timeoutMs(request.getTimeout()), request.getNews()!);
    response.setProperties(toStruct(settled, secretOutputs(tree, secrets)));
    return response;
  }),
  read: unary<proto.ReadRequest, proto.ReadResponse>(async request => {
    const response = new proto.ReadResponse();
    const { tree: inputs, secrets } = js(request.getInputs());
    const [, groupVersion = "", kind = ""] = typeOf(request).split(":");
    const apiVersion = typeof inputs.apiVersion === "string" ? inputs.apiVersion : groupVersion.replace(/^core\//, "");
    const live = await read(server(), apiVersion, kind, request.getId());
    if (!live) return response;
    response.setId(request.getId());
    const state = withoutManagedFields(live);
    const isImport = Object.keys(inputs).length === 0;
    const known = isImport ? importedInputs(live) : await driftedInputs(server(), live, inputs);
    const properties = toStruct(state, secretOutputs(known, secrets));
    const asInputs = toStruct(known, secretOutputs(known, secrets));
    response.setProperties(properties);
    response.setInputs(asInputs);
    // An import takes an object as it is; a refresh says what has become of it.
    const lack = isImport ? undefined : (await lacksNow(server(), live)).lack;
    if (lack) throw new InitFailed(request.getId(), properties, asInputs, [`${kind} ${request.getId()}: ${lack}`]);
    return response;
  }),
  delete: unary<proto.DeleteRequest, Empty>(async request => {
    const { tree } = js(request.getProperties());
    await remove(
      server(),
      String(tree.apiVersion),
      String(tree.kind),
      request.getId(),
      timeoutMs(request.getTimeout()),
      cancelled.signal,
    );
    return new Empty();
  }),
  construct: unary<proto.ConstructRequest, proto.ConstructResponse>(constructChart),
  cancel: unary<Empty, Empty>(() => {
    cancelled.abort(new Error("cancelled"));
    return new Empty();
  }),
};

const joined = (path: string[]) => path.join(".").replaceAll(".[", "[");

/** How the API server says that a field stays as it is: in general, of a StatefulSet, of a pod. */
const isRefusedChange = /immutable|forbidden: (pod )?updates (to|may not change)/i;

/** Which changed paths need another object: the identity always, the rest where the API server says "immutable". */
async function replacedPaths(
  id: string,
  changed: string[][],
  before: TreeObject,
  after: TreeObject,
): Promise<Set<string>> {
  const texts = changed.map(joined);
  const identity = texts.filter(
    text => identityPaths.includes(text) && !(text === "apiVersion" && sameGroup(before.apiVersion, after.apiVersion)),
  );
  if (identity.length > 0 || holdsUnknown(after)) return new Set(identity);
  try {
    await update(server(), id, after, true);
    return new Set();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 422 || !isRefusedChange.test(error.message)) return new Set();
    const fields = (error.status.details?.causes ?? []).map(cause => cause.field ?? "");
    const hit = texts.filter(text => fields.some(field => text.startsWith(field) || field.startsWith(text)));
    return new Set(hit.length > 0 ? hit : texts);
  }
}

/** Waits until a made object is ready; one that does not get there is kept in the state with the reasons. */
async function settle(
  made: TreeObject,
  inputs: TreeObject,
  secrets: readonly PropertyPath[],
  ms: number,
  sent: Struct,
): Promise<TreeObject> {
  try {
    return withoutManagedFields(await awaitReady(server(), made as unknown as KubeObject, ms, cancelled.signal));
  } catch (error) {
    const reasons =
      error instanceof NotReady ? error.reasons : [error instanceof Error ? error.message : String(error)];
    throw new InitFailed(idOf(made), toStruct(made, secretOutputs(inputs, secrets)), sent, reasons);
  }
}

/** What an import takes as inputs: what somebody wrote, without status and what the server made up. */
function importedInputs(live: KubeObject): TreeObject {
  const { status: _, metadata, ...all } = live;
  // An address the server handed out belongs to this object, not to what somebody wrote.
  const { clusterIP, clusterIPs, ...service } = all.spec ?? {};
  const isService = live.kind === "Service" && clusterIP !== "None" && clusterIPs !== undefined;
  const rest = isService ? { ...all, spec: service } : all;
  const { name, namespace, labels, annotations } = metadata;
  const kept = Object.fromEntries(
    Object.entries({ name, namespace, labels, annotations }).filter(([, value]) => value !== undefined),
  );
  return { ...rest, metadata: kept } as unknown as TreeObject;
}

function main(): void {
  const rpc = new grpc.Server({
    "grpc.max_receive_message_length": 400 * 1024 * 1024,
    "grpc.max_send_message_length": 400 * 1024 * 1024,
  });
  rpc.addService(ResourceProviderService, handlers as unknown as grpc.UntypedServiceImplementation);
  rpc.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // The engine reads the port from here; nothing else may ever be printed on stdout.
    process.stdout.write(`${port}\n`);
  });
}

main();
