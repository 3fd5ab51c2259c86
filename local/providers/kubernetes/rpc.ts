import * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status as RpcStatus } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ApiError } from "../../kubernetes-api";

/** How answers and errors go over the engine's protocol. */

type Handler<Request, Response> = (request: Request) => Promise<Response> | Response;

/** Turns a function into a gRPC handler; an error becomes a message a person can act on, never a stack trace. */
export function unary<Request, Response>(handler: Handler<Request, Response>): grpc.handleUnaryCall<Request, Response> {
  return (call, reply) => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        response => reply(null, response),
        (error: unknown) => reply(toRpcError(error) as grpc.ServiceError, null),
      );
  };
}

/** Created but not ready: the engine keeps the state and the next run goes on from it. */
export class InitFailed extends Error {
  constructor(
    readonly id: string,
    readonly state: Struct,
    readonly inputs: Struct,
    readonly reasons: string[],
  ) {
    super(reasons[0]);
  }
}

function toRpcError(error: unknown): Partial<grpc.ServiceError> {
  const message =
    error instanceof ApiError ? apiMessage(error) : error instanceof Error ? error.message : String(error);
  if (!(error instanceof InitFailed)) return { code: grpc.status.UNKNOWN, message, details: message };
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(error.state);
  detail.setInputs(error.inputs);
  detail.setReasonsList(error.reasons);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new RpcStatus();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, message, details: message, metadata };
}

/** What the API server said, with the field of every cause. */
function apiMessage(error: ApiError): string {
  const causes = error.status.details?.causes ?? [];
  const named = causes.filter(cause => cause.field && !error.message.includes(cause.field));
  return [error.message, ...named.map(cause => `${cause.field}: ${cause.message}`)].join("\n");
}
