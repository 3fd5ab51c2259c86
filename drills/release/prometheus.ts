import * as fs from "node:fs";
import * as path from "node:path";
import type { Room } from "../drill";
import type { Server } from "../servers";
import { freePort, until } from "../servers";

/** What a Prometheus of the drill asks, and as what. */
export interface Target {
  namespace: string;
  service: string;
  port: number;
}

/** A real Prometheus over real targets; its address, and its process. */
export async function startPrometheus(
  room: Room,
  name: string,
  targets: readonly Target[],
): Promise<{ address: string; server: Server }> {
  const port = await freePort();
  const config = path.join(room.dir, `${name}.yml`);
  fs.writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: "5s", evaluation_interval: "5s" },
      scrape_configs: [
        {
          job_name: "services",
          static_configs: targets.map(({ namespace, service, port: at }) => ({
            targets: [`127.0.0.1:${at}`],
            labels: { namespace, service },
          })),
        },
      ],
    }),
  );
  const server = room.servers.start(name, path.join(room.programs.prometheus, "prometheus"), [
    ...["--config.file", config, "--storage.tsdb.path", path.join(room.dir, `${name}-data`)],
    ...["--web.listen-address", `127.0.0.1:${port}`, "--log.level", "warn"],
  ]);
  const address = `http://127.0.0.1:${port}`;
  const isReady = async () => (await fetch(`${address}/-/ready`).catch(() => undefined))?.ok === true;
  if (!(await until(isReady, 30_000, 200))) throw new Error(`${name} did not come up in 30 s`);
  return { address, server };
}
