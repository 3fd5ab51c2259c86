import * as grpc from "@grpc/grpc-js";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** The one component that the official provider builds and previews are asked for. */
export const chartType = "kubernetes:helm.sh/v4:Chart";

/**
 * Stands in for the rendering of a chart: at a preview it registers the chart with its name, version and values and
 * nothing below it, so that it is seen, and seen to be unrendered. In an update it refuses: a chart without its objects
 * would be an operator that is not there.
 */
export async function constructChart(request: proto.ConstructRequest): Promise<proto.ConstructResponse> {
  const [type, name] = [request.getType(), request.getName()];
  if (type !== chartType) throw new Error(`the component ${type} ${name} needs the official provider; need it on PATH`);
  if (!request.getDryrun())
    throw new Error(
      `the chart ${name} needs the official Kubernetes provider, which renders it; this stand-in only foresees it. Nothing was made of it.`,
    );
  const monitor = new ResourceMonitorClient(request.getMonitorendpoint(), grpc.credentials.createInsecure());
  const call = <Request, Response>(
    method: (request: Request, reply: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
    sent: Request,
  ) =>
    new Promise<Response>((resolve, reject) =>
      method.call(monitor, sent, (error, response) => (error ? reject(error) : resolve(response))),
    );
  try {
    const register = new resource.RegisterResourceRequest();
    register.setType(type);
    register.setName(name);
    register.setParent(request.getParent());
    register.setObject(request.getInputs());
    register.setDependenciesList(request.getDependenciesList());
    register.setProtect(request.getProtect() ?? false);
    register.setAcceptsecrets(true);
    register.setAcceptresources(true);
    const made = await call<resource.RegisterResourceRequest, resource.RegisterResourceResponse>(
      monitor.registerResource,
      register,
    );
    const outputs = new resource.RegisterResourceOutputsRequest();
    outputs.setUrn(made.getUrn());
    const state = Struct.fromJavaScript({ resources: [] });
    // What the chart is stays visible to rules that look at the whole stack.
    outputs.setOutputs(request.getInputs());
    await call(monitor.registerResourceOutputs, outputs);
    const response = new proto.ConstructResponse();
    response.setUrn(made.getUrn());
    response.setState(state);
    return response;
  } finally {
    monitor.close();
  }
}
