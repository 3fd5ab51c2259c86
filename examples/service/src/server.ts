import { createSecretKey, randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import jwt from "jsonwebtoken";
import { Ai } from "./ai";
import { Metrics } from "./metrics";
import type { Settings } from "./settings";

const base = "/api/v1";
const largestBody = 64 * 1024;
const minuteMs = 60_000;

interface Message {
  id: string;
  from: string;
  text: string;
}

/** An answer: a status, and a body that goes out as JSON. */
interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/**
 * The service: health, tokens, messages with a stream, analyses. One process, no state but memory: what it shows is how a service
 * of the platform behaves, not how messages are kept.
 */
export function makeServer(settings: Settings, log: (line: object) => void = () => undefined): Server {
  const ai = new Ai(settings.ai);
  const metrics = new Metrics();
  const messages: Message[] = [];
  const listeners = new Set<(message: Message) => void>();
  const seen = new Map<string, { count: number; fromMs: number }>();

  // Made once: of a text, the library tries at each call whether it is a public key, which took more than half of all time.
  const key = createSecretKey(Buffer.from(settings.secret));
  const tokenFor = (name: string): string => jwt.sign({}, key, { algorithm: "HS256", subject: name, expiresIn: "15m" });

  const whoIs = ({ headers }: IncomingMessage): string => {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
    if (token === undefined) throw new Refused(401, "a bearer token is needed", { "www-authenticate": "Bearer" });
    try {
      return String(jwt.verify(token, key, { algorithms: ["HS256"] }).sub ?? "nobody");
    } catch {
      throw new Refused(401, "the token is not valid", { "www-authenticate": "Bearer" });
    }
  };

  /** The gateway limits the same; a service that is reached past it is limited too. */
  const limit = (who: string): void => {
    const now = Date.now();
    const entry = seen.get(who);
    if (!entry || now - entry.fromMs >= minuteMs) return void seen.set(who, { count: 1, fromMs: now });
    if (++entry.count > settings.perMinute)
      throw new Refused(429, "too many requests", {
        "retry-after": String(Math.ceil((entry.fromMs + minuteMs - now) / 1_000)),
      });
  };

  const routes: Record<string, (request: IncomingMessage) => Promise<Answer>> = {
    [`GET ${base}/health`]: async () => ({
      status: 200,
      body: { status: "healthy", version: settings.version, ai: ai.isOpen ? "degraded" : "ok" },
    }),
    [`POST ${base}/auth/login`]: async request => {
      const { name } = (await bodyOf(request)) as { name?: unknown };
      if (typeof name !== "string" || !/^[\w.@-]{1,100}$/.test(name)) throw new Refused(400, "a name is needed");
      return { status: 200, body: { access_token: tokenFor(name), token_type: "Bearer", expires_in: 900 } };
    },
    [`GET ${base}/messages`]: async request => {
      limit(whoIs(request));
      return { status: 200, body: { messages: messages.slice(-100) } };
    },
    [`POST ${base}/messages`]: async request => {
      const from = whoIs(request);
      const { text } = (await bodyOf(request)) as { text?: unknown };
      if (typeof text !== "string" || text.length === 0 || text.length > 4_000)
        throw new Refused(400, "a text is needed");
      const message = { id: randomUUID(), from, text };
      messages.push(message);
      if (messages.length > 1_000) messages.shift();
      for (const tell of listeners) tell(message);
      return { status: 201, body: message, headers: { location: `${base}/messages/${message.id}` } };
    },
    [`POST ${base}/analyses`]: async request => {
      const { text } = (await bodyOf(request)) as { text?: unknown };
      const { degraded, body, reason } = await ai.analyse(typeof text === "string" ? text : "");
      const headers: Record<string, string> = degraded ? { "x-degraded": "ai" } : {};
      return {
        status: degraded ? 503 : 200,
        body: { degraded, ...(reason ? { reason } : {}), result: parsed(body) },
        headers,
      };
    },
  };

  const stream = (request: IncomingMessage, response: ServerResponse): void => {
    whoIs(request);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": open\n\n");
    const tell = (message: Message) => response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    const beat = setInterval(() => response.write(": beat\n\n"), 15_000);
    listeners.add(tell);
    response.once("close", () => {
      listeners.delete(tell);
      clearInterval(beat);
    });
  };

  return createServer((request, response) => {
    const startedMs = performance.now();
    const path = (request.url ?? "/").split("?")[0]!;
    const send = ({ status, body, headers = {} }: Answer): void => {
      const text = JSON.stringify(body);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(text);
      const route = `${request.method} ${path}` in routes ? path : "other";
      metrics.observe(route, status, (performance.now() - startedMs) / 1_000);
      log({ level: status >= 500 ? "error" : "info", method: request.method, path: route, status });
    };
    if (path === "/metrics") return void response.end(metrics.text(ai));
    if (path === "/livez" || path === "/readyz") return void response.end("ok");
    const answer = async (): Promise<void> => {
      if (request.method === "GET" && path.startsWith(`${base}/messages/stream/`)) return stream(request, response);
      const route = routes[`${request.method} ${path}`];
      if (!route) throw new Refused(404, "there is nothing here");
      send(await route(request));
    };
    answer().catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      if (error instanceof Refused)
        send({ status: error.status, body: { error: error.message }, headers: error.headers });
      else send({ status: 500, body: { error: "something went wrong here" } });
    });
  });
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
};

async function bodyOf(request: IncomingMessage): Promise<object> {
  let text = "";
  for await (const part of request) {
    text += String(part);
    if (text.length > largestBody) throw new Refused(413, "the body is too large");
  }
  const value = parsed(text);
  if (typeof value !== "object" || value === null) throw new Refused(400, "the body is no JSON object");
  return value;
}
