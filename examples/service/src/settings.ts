import { readFileSync } from "node:fs";

/** What the service is told by its environment; a name that is missing or wrong ends the start with a sentence. */
export interface Settings {
  port: number;
  /** Signs and checks tokens: HS256, 32 bytes at least. */
  secret: string;
  version: string;
  /** Requests of one client in a minute, before it is told to wait. */
  perMinute: number;
  ai: AiSettings;
}

/** How the AI behind the service is called; the numbers are the platform's own (`components/gateway/dependency.ts`). */
export interface AiSettings {
  url: string;
  /** The longest one try may take, in milliseconds. */
  timeoutMs: number;
  retries: number;
  /** Calls in flight at once; more are answered without it. */
  maxParallel: number;
  /** Failures in a row after which it is left alone, and for how long, in milliseconds. */
  failures: number;
  restMs: number;
  /** What callers get instead, as JSON. */
  fallback: string;
}

export function settingsOf(env: NodeJS.ProcessEnv): Settings {
  const text = (name: string, other?: string): string => {
    const value = env[name] ?? other;
    if (value === undefined || value === "") throw new Error(`${name} is not set`);
    return value;
  };
  const number = (name: string, other: number, least = 0): number => {
    const value = Number(env[name] ?? other);
    if (!Number.isFinite(value) || value < least)
      throw new Error(`${name} is "${env[name]}"; need a number from ${least}`);
    return value;
  };
  const secret = env.JWT_SECRET_FILE ? readFileSync(env.JWT_SECRET_FILE, "utf8").trim() : text("JWT_SECRET");
  if (Buffer.byteLength(secret) < 32)
    throw new Error(`the signing secret has ${Buffer.byteLength(secret)} bytes; need 32`);
  return {
    port: number("PORT", 8080),
    secret,
    version: text("APP_VERSION", "v0.0.0"),
    perMinute: number("REQUESTS_PER_MINUTE", 100, 1),
    ai: {
      url: text("AI_URL", "http://127.0.0.1:1/"),
      timeoutMs: number("AI_TIMEOUT_MS", 30_000, 1),
      retries: number("AI_RETRIES", 1),
      maxParallel: number("AI_MAX_PARALLEL", 64, 1),
      failures: number("AI_FAILURES", 5, 1),
      restMs: number("AI_REST_MS", 30_000, 1),
      fallback: text("AI_FALLBACK", '{"degraded":true}'),
    },
  };
}
