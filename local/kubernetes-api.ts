import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as path from "node:path";
import { parse } from "yaml";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";

/** A Kubernetes object as the API server sends it. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    generation?: number;
    resourceVersion?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    managedFields?: { manager: string; operation: string; subresource?: string; fieldsV1?: object }[];
    [key: string]: unknown;
  };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [key: string]: unknown;
}

/** What the API server says when it refuses. */
export interface Status {
  message?: string;
  reason?: string;
  code?: number;
  details?: { kind?: string; name?: string; causes?: { reason?: string; message?: string; field?: string }[] };
}

export class ApiError extends Error {
  constructor(
    readonly code: number,
    readonly status: Status,
  ) {
    super(status.message ?? `the API server answered ${code}`);
    this.name = "ApiError";
  }
}

export interface ResourceKind {
  plural: string;
  namespaced: boolean;
}

export interface Api {
  server: string;
  request<T = KubeObject>(method: string, urlPath: string, options?: RequestOptions): Promise<T>;
  /** The plural and scope of a kind, or undefined when the server has no such kind. */
  kindOf(apiVersion: string, kind: string): Promise<ResourceKind | undefined>;
  close(): void;
}

export interface RequestOptions {
  query?: Record<string, string>;
  /** Sent as JSON; a Buffer as it is. */
  body?: unknown;
  contentType?: string;
  timeoutMs?: number;
  /** Told what the server warns of, each text without its quotes. */
  onWarnings?: (texts: string[]) => void;
}

interface Kubeconfig {
  "current-context": string;
  contexts: { name: string; context: { cluster: string; user: string } }[];
  clusters: { name: string; cluster: Record<string, string> }[];
  users: { name: string; user: Record<string, string> }[];
}

/** The server of a kubeconfig's current context and what proves who we are. */
export function readKubeconfig(file: string) {
  let config: Kubeconfig;
  try {
    config = parse(fs.readFileSync(file, "utf8")) as Kubeconfig;
  } catch (error) {
    throw fail(file, `unreadable (${(error as Error).message})`, "a kubeconfig", "Run `npm run up` to make one.");
  }
  const context = config.contexts?.find(one => one.name === config["current-context"])?.context;
  const cluster = config.clusters?.find(one => one.name === context?.cluster)?.cluster;
  const user = config.users?.find(one => one.name === context?.user)?.user;
  if (!cluster?.server || !user) throw fail(file, "without a current context", "a kubeconfig with one");
  const read = (from: Record<string, string>, key: string): Buffer | undefined => {
    if (from[`${key}-data`]) return Buffer.from(from[`${key}-data`]!, "base64");
    return from[key] ? fs.readFileSync(path.resolve(path.dirname(file), from[key]!)) : undefined;
  };
  return {
    server: cluster.server,
    ca: read(cluster, "certificate-authority"),
    cert: read(user, "client-certificate"),
    key: read(user, "client-key"),
    token: user.token,
  };
}

/** How long one answer may take, in milliseconds, unless the caller says otherwise. */
const answerMs = 30_000;

/** A client of one API server: keep-alive, JSON, errors as ApiError with the server's own Status. */
export function connect(kubeconfig: string): Api {
  const { server, ca, cert, key, token } = readKubeconfig(kubeconfig);
  const secure = server.startsWith("https:");
  const agent = secure
    ? new https.Agent({ keepAlive: true, maxSockets: 16, ca, cert, key })
    : new http.Agent({ keepAlive: true, maxSockets: 16 });
  const kinds = new Map<string, Promise<Map<string, ResourceKind>>>();

  /** A server that is busy or still making ready says so and does nothing: it is asked again until the time is over. */
  async function request<T>(method: string, urlPath: string, options: RequestOptions = {}): Promise<T> {
    for (const end = Date.now() + (options.timeoutMs ?? answerMs); ;) {
      try {
        return await send<T>(method, urlPath, options);
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 429) || Date.now() > end) throw error;
        await new Promise(resolve => setTimeout(resolve, 500));
      }
    }
  }

  function send<T>(method: string, urlPath: string, options: RequestOptions): Promise<T> {
    const url = new URL(urlPath, server);
    for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
    const given = options.body;
    const body = Buffer.isBuffer(given) ? given : given === undefined ? undefined : JSON.stringify(given);
    return new Promise<T>((resolve, reject) => {
      const sent = (secure ? https : http).request(
        url,
        {
          method,
          agent,
          headers: {
            accept: "application/json",
            ...(token ? { authorization: `Bearer ${token}` } : {}),
            ...(body
              ? { "content-type": options.contentType ?? "application/json", "content-length": Buffer.byteLength(body) }
              : {}),
          },
        },
        response => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            clearTimeout(timer);
            options.onWarnings?.(warningsOf(response.rawHeaders));
            const text = Buffer.concat(chunks).toString("utf8");
            const code = response.statusCode ?? 0;
            let parsed: unknown = {};
            try {
              parsed = text ? JSON.parse(text) : {};
            } catch {
              parsed = { message: text.trim().slice(0, 500) };
            }
            if (code >= 200 && code < 300) resolve(parsed as T);
            else reject(new ApiError(code, parsed as Status));
          });
        },
      );
      const ms = options.timeoutMs ?? answerMs;
      const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${ms / 1000} s`)), ms);
      sent.on("error", error => {
        clearTimeout(timer);
        reject(
          fail(
            `the API server ${server}`,
            `not answering (${error.message})`,
            "one that does",
            "`greenlight doctor` says what is wrong.",
            exitCodes.engineFailed,
          ),
        );
      });
      sent.end(body);
    });
  }

  async function discover(apiVersion: string): Promise<Map<string, ResourceKind>> {
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    try {
      const list = await request<{ resources: { name: string; kind: string; namespaced: boolean }[] }>("GET", base);
      const own = list.resources.filter(resource => !resource.name.includes("/"));
      return new Map(own.map(({ name, kind, namespaced }) => [kind, { plural: name, namespaced }]));
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return new Map();
      throw error;
    }
  }

  async function kindOf(apiVersion: string, kind: string): Promise<ResourceKind | undefined> {
    if (!kinds.has(apiVersion)) kinds.set(apiVersion, discover(apiVersion));
    const found = await kinds.get(apiVersion)!.then(
      map => map.get(kind),
      error => {
        kinds.delete(apiVersion);
        throw error;
      },
    );
    // A kind that is missing now may be served in a moment: its CRD may be part of this run.
    if (!found) kinds.delete(apiVersion);
    return found;
  }

  return { server, request, kindOf, close: () => agent.destroy() };
}

/** The texts of a response's Warning headers (RFC 7234, `299 - "text"`); the server sends one header for each. */
const warningsOf = (headers: string[]): string[] =>
  headers.flatMap((value, index) => {
    if (index % 2 === 0 || headers[index - 1]!.toLowerCase() !== "warning") return [];
    return [value.replace(/^\d+ \S+ "(.*)"$/s, "$1").replace(/\\(.)/g, "$1")];
  });

/** The path of a kind's collection, or of one object in it. */
export function pathOf(apiVersion: string, kind: ResourceKind, namespace?: string, name?: string): string {
  const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace ?? "default")}` : "";
  return `${base}${scope}/${kind.plural}${name ? `/${encodeURIComponent(name)}` : ""}`;
}
