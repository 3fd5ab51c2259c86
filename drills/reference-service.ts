import * as path from "node:path";
import type { Room } from "./drill";
import type { Server } from "./servers";
import { freePort, until } from "./servers";

/** The reference service (`examples/service`) as a process of its own. */
export interface ReferenceService {
  port: number;
  url: string;
  server: Server;
}

/**
 * Starts the reference service with settings of its environment, and waits until it serves; the drill's nonce is its version.
 * @param args of node itself
 */
export async function startReferenceService(
  room: Room,
  env: Record<string, string> = {},
  { name = "service", args = [] }: { name?: string; args?: string[] } = {},
): Promise<ReferenceService> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const own = {
    HOST: "127.0.0.1",
    PORT: String(port),
    JWT_SECRET: room.nonce.padEnd(32, "x"),
    APP_VERSION: room.nonce,
  };
  const server = room.servers.start(name, process.execPath, [...args, path.join(room.programs.service, "main.js")], {
    env: { ...own, ...env },
  });
  const isUp = await until(async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true, 20_000);
  if (!isUp) throw new Error("the reference service did not start");
  return { port, url, server };
}

/** Shows that what answers there is what this drill started. */
export async function proveReferenceService({ course, nonce }: Room, { url }: ReferenceService): Promise<void> {
  const { version } = (await (await fetch(`${url}/api/v1/health`)).json()) as { version?: string };
  course.proof("it is the service that this drill started", version === nonce, String(version));
}
