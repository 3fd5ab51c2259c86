import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** How a version answers: the share of errors, and how long an answer takes, in milliseconds. */
export interface Behaviour {
  errors: number;
  delayMs: number;
}

export const sound: Behaviour = { errors: 0, delayMs: 0 };

/** Upper bounds of the histogram, in seconds, as OpenTelemetry's conventions give them. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** One version of a service: a real HTTP server that counts what it does as services of the platform do. */
export class Version {
  behaviour: Behaviour = sound;
  #counts = new Map<number, { buckets: number[]; count: number; sum: number }>();
  #asked = 0;
  #server: http.Server;

  constructor() {
    this.#server = http.createServer((request, response) => {
      if (request.url === "/metrics") return void response.end(this.#metrics());
      const startedMs = performance.now();
      const { errors, delayMs } = this.behaviour;
      // Evenly spread, so that the share of errors is exact and the same in every run.
      this.#asked++;
      const fails = Math.floor(this.#asked * errors) > Math.floor((this.#asked - 1) * errors);
      setTimeout(() => {
        const status = fails ? 500 : 200;
        this.#count(status, (performance.now() - startedMs) / 1_000);
        response.statusCode = status;
        response.end();
      }, delayMs);
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  async listen(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get asked(): number {
    return this.#asked;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #count(status: number, seconds: number): void {
    const of = this.#counts.get(status) ?? { buckets: bounds.map(() => 0), count: 0, sum: 0 };
    this.#counts.set(status, of);
    for (const [index, bound] of bounds.entries()) if (seconds <= bound) of.buckets[index]!++;
    of.count++;
    of.sum += seconds;
  }

  #metrics(): string {
    const name = "http_server_request_duration_seconds";
    const lines = [`# TYPE ${name} histogram`];
    for (const [status, { buckets, count, sum }] of this.#counts) {
      const label = `http_response_status_code="${status}"`;
      for (const [index, bound] of bounds.entries())
        lines.push(`${name}_bucket{${label},le="${bound}"} ${buckets[index]}`);
      lines.push(`${name}_bucket{${label},le="+Inf"} ${count}`);
      lines.push(`${name}_sum{${label}} ${sum}`, `${name}_count{${label}} ${count}`);
    }
    return `${lines.join("\n")}\n`;
  }
}

/** One request of a user, and what came of it. */
export interface Hit {
  atMs: number;
  canary: boolean;
  outcome: "answered" | "error" | "slow" | "lost";
}

/** From when on an answer is as bad as none (S-083), in milliseconds. */
export const slowMs = 5_000;

/** Users of a service: each request goes to one of both versions, by the weights that are live at that moment. */
export class Users {
  readonly hits: Hit[] = [];
  #open = new Set<Promise<void>>();
  #timer: NodeJS.Timeout;
  #agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
  #sent = 0;

  /**
   * @param share of the new version, 0 to 1, as it is now
   * @param perSecond how many requests
   */
  constructor(
    now: () => number,
    versions: { stable: Version; canary: Version },
    share: () => number,
    perSecond: number,
  ) {
    this.#timer = setInterval(() => {
      // Spread by the golden ratio: over any window the share is nearly exact, without chance.
      const canary = (this.#sent++ * 0.618033988749895) % 1 < share();
      const one = this.#ask(canary ? versions.canary : versions.stable, canary, now).finally(() =>
        this.#open.delete(one),
      );
      this.#open.add(one);
    }, 1_000 / perSecond);
  }

  #ask(version: Version, canary: boolean, now: () => number): Promise<void> {
    const atMs = now();
    return new Promise(resolve => {
      const done = (outcome: Hit["outcome"]) => {
        this.hits.push({ atMs, canary, outcome });
        resolve();
      };
      const request = http.get({ host: "127.0.0.1", port: version.port, path: "/", agent: this.#agent }, response => {
        response.resume();
        response.once("end", () => {
          const isSlow = now() - atMs > slowMs;
          done((response.statusCode ?? 500) >= 500 ? "error" : isSlow ? "slow" : "answered");
        });
      });
      request.setTimeout(20_000, () => request.destroy());
      request.once("error", () => done("lost"));
    });
  }

  /** Ends the asking, and waits for what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
  }
}
