import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** How the dependency behaves. */
export type Mood = "sound" | "slow" | "failing" | "hanging";

/** How long it takes when it is sound, and when it is slow, in milliseconds: slow is still within its limit. */
const soundMs = 40;
export const slowMs = 2_000;

/** A real HTTP server in the place of an AI API, whose moods the drill commands. */
export class StandIn {
  mood: Mood = "sound";
  /** When each call came, in milliseconds since the drill began. */
  readonly calls: number[] = [];
  /** Calls in flight, and the most that ever were. */
  #now = 0;
  mostAtOnce = 0;
  #server: http.Server;
  #port = 0;

  constructor(now: () => number) {
    this.#server = http.createServer((request, response) => {
      this.calls.push(now());
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#now);
      response.once("close", () => this.#now--);
      request.resume();
      const mood = this.mood;
      if (mood === "hanging") return;
      setTimeout(
        () => {
          response.statusCode = mood === "failing" ? 500 : 200;
          response.end(JSON.stringify({ analysis: "sound" }));
        },
        mood === "slow" ? slowMs : soundMs,
      );
    });
  }

  async open(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nobody listens there any more; what is under way is cut. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1/analyse`;
  }
}
