import type { AddressInfo } from "node:net";
import { makeServer } from "./server";
import { settingsOf } from "./settings";

/** `node main.js`: serves until it is told to stop, then ends what is under way. */
const log = (line: object): void => console.log(JSON.stringify({ time: new Date().toISOString(), ...line }));
try {
  const settings = settingsOf(process.env);
  const server = makeServer(settings, process.env.LOG_REQUESTS ? log : undefined);
  server.listen(settings.port, process.env.HOST ?? "0.0.0.0", () =>
    log({
      level: "info",
      message: "listening",
      port: (server.address() as AddressInfo).port,
      version: settings.version,
    }),
  );
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
      setTimeout(() => process.exit(0), 10_000).unref();
    });
} catch (error) {
  console.error(`the service does not start: ${(error as Error).message}`);
  process.exitCode = 64;
}
