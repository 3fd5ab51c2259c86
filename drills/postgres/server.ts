import * as fs from "node:fs";
import * as path from "node:path";
import { Client } from "pg";
import type { Room } from "../drill";
import type { Done, Server } from "../servers";
import { freePort, until } from "../servers";
import type { Certificates } from "../tls";

/** A PostgreSQL server as a process, with the settings that the component renders. */
export interface PostgresServer {
  name: string;
  data: string;
  port: number;
  process: Server;
  /** Over TLS on the loopback address, or over its socket where it has no certificate. */
  connect: (options?: { timeoutMs?: number; database?: string }) => Promise<Client>;
}

/** PostgreSQL refuses to run as root: there it gets a user of its own, in a namespace where root's files are its own. */
export function asUser(program: string, args: string[]): [string, string[]] {
  return process.getuid?.() === 0
    ? ["unshare", ["--user", "--map-user=1000", "--map-group=1000", program, ...args]]
    : [program, args];
}

/** Runs one of PostgreSQL's programs to its end. */
export function postgresProgram(
  room: Room,
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Done> {
  const file = path.join(room.programs.postgres, program);
  return room.servers.run(...asUser(file, args), { env, timeoutMs: 300_000 });
}

/** The same, where anything but success is an error. */
export async function mustRun(
  room: Room,
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { code, stdout, stderr } = await postgresProgram(room, program, args, env);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${(stderr || stdout).trim().slice(-500)}`);
  return stdout;
}

/** Writes settings that override what was there before. */
export function configure(data: string, settings: Record<string, string>): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  fs.appendFileSync(path.join(data, "postgresql.auto.conf"), `${lines.join("\n")}\n`);
}

/** Settings of every server here: loopback alone, TLS as clients are asked for it. */
export function hostSettings(room: Room, tls: Certificates): Record<string, string> {
  return {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: room.dir,
    ssl: "on",
    ssl_cert_file: tls.certificate,
    ssl_key_file: tls.key,
  };
}

/** Who may connect: from this machine, and by TLS, then what the component says. */
export function admit(data: string, hba: readonly string[]): void {
  const own = [
    "local all all trust",
    "hostssl all all 127.0.0.1/32 trust",
    "hostssl replication all 127.0.0.1/32 trust",
  ];
  fs.writeFileSync(path.join(data, "pg_hba.conf"), `${[...own, ...hba].join("\n")}\n`);
}

/** Makes a new cluster of databases, as CloudNativePG's `initdb` does. */
export async function initialise(room: Room, data: string): Promise<void> {
  await mustRun(room, "initdb", ["-D", data, "-U", "postgres", "--data-checksums", "--auth=trust", "--encoding=UTF8"]);
}

/** Starts a server on what lies in its folder and waits until it answers. */
export async function startPostgres(
  room: Room,
  name: string,
  data: string,
  options: { port?: number; env?: NodeJS.ProcessEnv; waitMs?: number; tls?: Certificates } = {},
): Promise<PostgresServer> {
  const port = options.port ?? (await freePort());
  const program = path.join(room.programs.postgres, "postgres");
  const process = room.servers.start(name, ...asUser(program, ["-D", data, "-p", String(port)]), {
    env: options.env ?? {},
    // At once, and in order: PostgreSQL's fast way to stop.
    stopSignal: "SIGINT",
  });
  const connect: PostgresServer["connect"] = async ({ timeoutMs = 2_000, database = "postgres" } = {}) => {
    const client = new Client({
      ...(options.tls
        ? { host: "127.0.0.1", ssl: { ca: fs.readFileSync(options.tls.authority, "utf8") } }
        : { host: room.dir }),
      ...{ port, user: "postgres", database },
      connectionTimeoutMillis: timeoutMs,
    });
    // A connection that breaks is what drills are about; whoever asks hears of it.
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  const server = { name, data, port, process, connect };
  const isUp = await until(
    async () => {
      if (!process.isRunning()) return true;
      try {
        const client = await connect();
        await client.end();
        return true;
      } catch {
        return false;
      }
    },
    options.waitMs ?? 60_000,
    100,
  );
  if (!isUp || !process.isRunning()) throw new Error(`${name} did not start: ${tail(process.log)}`);
  return server;
}

export const tail = (file: string, characters = 600): string =>
  fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().slice(-characters) : "";

/** The postmaster's process id, from its own file: what is started may be a parent of it. */
export const postmaster = (data: string): number =>
  Number(fs.readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n")[0]);
