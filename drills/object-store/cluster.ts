import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Room, Settings } from "../drill";
import { needed } from "../drill";
import type { Done, Server } from "../servers";
import { answers, freePort, until } from "../servers";
import { makeCertificates } from "../tls";

/** The component's servers and drives as processes and folders, with its own arguments and environment. */
export class ObjectStoreCluster {
  readonly servers: (Server | undefined)[] = [];
  readonly count: number;
  readonly drives: number;
  readonly #ports: number[] = [];
  readonly #environment: Record<string, string>;
  readonly #password = randomBytes(12).toString("hex");
  /** File of the certificate that vouches for the servers. */
  authority = "";

  constructor(
    readonly room: Room,
    settings: Settings,
    /** Parity instead of the component's, to see what a weaker one does. */
    parity?: string,
  ) {
    const { spec } = needed(settings, "objectStore");
    const { containers } = spec.statefulSet.spec.template.spec;
    const [server] = containers;
    this.count = spec.statefulSet.spec.replicas;
    this.drives = spec.statefulSet.spec.volumeClaimTemplates.length;
    const plain = server!.env.flatMap(one => ("value" in one ? [[one.name, one.value] as const] : []));
    this.#environment = {
      ...Object.fromEntries(plain),
      ...(parity === undefined ? {} : { MINIO_STORAGE_CLASS_STANDARD: parity }),
      MINIO_ROOT_USER: "drill",
      MINIO_ROOT_PASSWORD: this.#password,
      // All drives are folders of one disk here, which it would refuse otherwise.
      MINIO_CI_CD: "1",
    };
  }

  drive = (server: number, drive: number): string => path.join(this.room.dir, `server-${server}`, String(drive));
  #url = (server: number): string => `https://127.0.0.1:${this.#ports[server]}`;

  get urls(): string[] {
    return Array.from({ length: this.count }, (_, server) => this.#url(server));
  }

  async prepare(): Promise<void> {
    const { authority, certificate, key } = await makeCertificates(this.room.servers, ["objects"], ["127.0.0.1"]);
    this.authority = authority;
    const certs = path.join(this.room.dir, "certs");
    fs.mkdirSync(path.join(certs, "CAs"), { recursive: true });
    fs.copyFileSync(certificate, path.join(certs, "public.crt"));
    fs.copyFileSync(key, path.join(certs, "private.key"));
    fs.copyFileSync(authority, path.join(certs, "CAs", "ca.crt"));
    for (let server = 0; server < this.count; server++) this.#ports.push(await freePort());
    for (let server = 0; server < this.count; server++) this.start(server);
    for (let server = 0; server < this.count; server++) {
      const alias = ["alias", "set", `s${server}`, this.#url(server), "drill", this.#password];
      // It answers before it has found its drives.
      const isThere = await until(async () => (await this.mc(alias)).code === 0, 90_000, 500);
      if (!isThere) throw new Error(`server ${server} did not start: ${this.logOf(server)}`);
    }
    if (!(await this.isWhole(90_000))) throw new Error(`the store did not come together: ${this.logOf(0)}`);
  }

  start(server: number): void {
    const all = this.#ports.flatMap((port, one) =>
      Array.from({ length: this.drives }, (_, drive) => `https://127.0.0.1:${port}${this.drive(one, drive)}`),
    );
    for (let drive = 0; drive < this.drives; drive++) fs.mkdirSync(this.drive(server, drive), { recursive: true });
    this.servers[server] = this.room.servers.start(
      `server-${server}`,
      path.join(this.room.programs.objectStore, "minio"),
      [
        "server",
        "--certs-dir",
        path.join(this.room.dir, "certs"),
        "--address",
        `127.0.0.1:${this.#ports[server]}`,
        ...all,
      ],
      // In a container it takes no loopback address for its own unless it is told which.
      { env: { ...this.#environment, _MINIO_SERVER_LOCAL: `127.0.0.1:${this.#ports[server]}` } },
    );
  }

  async kill(server: number): Promise<void> {
    await this.servers[server]!.stop("SIGKILL");
  }

  isThere = (server: number): Promise<boolean> => answers("127.0.0.1", this.#ports[server]!);

  /** How many servers are online and drives are well, as the store itself says; nothing where it does not answer. */
  async state(): Promise<{ servers: number; drives: number }> {
    for (let server = 0; server < this.count; server++) {
      if (!(await this.isThere(server))) continue;
      const { code, stdout } = await this.mc(["admin", "info", "--json", `s${server}`]);
      if (code !== 0) continue;
      const { info } = JSON.parse(stdout) as {
        info?: { servers?: { state?: string; drives?: { state?: string }[] }[] };
      };
      const online = (info?.servers ?? []).filter(one => one.state === "online");
      const drives = online.flatMap(one => one.drives ?? []).filter(one => one.state === "ok");
      return { servers: online.length, drives: drives.length };
    }
    return { servers: 0, drives: 0 };
  }

  /** Waits until all servers are there with all their drives. */
  isWhole = (timeoutMs = 60_000): Promise<boolean> =>
    until(
      async () => {
        const { servers, drives } = await this.state();
        return servers === this.count && drives === this.count * this.drives;
      },
      timeoutMs,
      300,
    );

  /** The store's client, through one of its servers. */
  mc(args: string[], input?: string, timeoutMs = 20_000): Promise<Done> {
    const config = path.join(this.room.dir, "mc");
    const authorities = path.join(config, "certs", "CAs");
    if (!fs.existsSync(authorities)) {
      fs.mkdirSync(authorities, { recursive: true });
      fs.copyFileSync(this.authority, path.join(authorities, "ca.crt"));
    }
    const program = path.join(this.room.programs.objectStore, "mc");
    return this.room.servers.run(program, ["--config-dir", config, ...args], {
      timeoutMs,
      ...(input === undefined ? {} : { input }),
    });
  }

  /**
   * Runs a script of the component's jobs, with this machine's places for the pod's.
   * @param target the bucket that copies go to; without one it is the store itself
   */
  script(text: string, target?: { env: NodeJS.ProcessEnv; authority: string }): Promise<Done> {
    const PATH = [this.room.programs.objectStore, process.env.PATH ?? ""].join(path.delimiter);
    const here = text.replaceAll("/scratch", path.join(this.room.dir, "scratch"));
    const authorities = path.join(this.room.dir, "scratch", "mc", "certs", "CAs");
    fs.mkdirSync(authorities, { recursive: true });
    fs.copyFileSync(this.authority, path.join(authorities, "ca.crt"));
    if (target) fs.copyFileSync(target.authority, path.join(authorities, "target.crt"));
    const env = { PATH, STORE: this.#url(0), MINIO_ROOT_USER: "drill", MINIO_ROOT_PASSWORD: this.#password };
    const itself = {
      AWS_ENDPOINT_URL: this.#url(0),
      AWS_ACCESS_KEY_ID: "drill",
      AWS_SECRET_ACCESS_KEY: this.#password,
    };
    return this.room.servers.run("/bin/sh", ["-c", here], {
      env: { ...env, ...(target?.env ?? itself) },
      timeoutMs: 120_000,
    });
  }

  /** Takes all that a server's drives hold. */
  empty(server: number): void {
    for (let drive = 0; drive < this.drives; drive++)
      fs.rmSync(this.drive(server, drive), { recursive: true, force: true });
  }

  logOf = (server: number): string => fs.readFileSync(this.servers[server]!.log, "utf8").trim().slice(-500);
}

/** An object that the store has confirmed. */
export interface Stored {
  bucket: string;
  key: string;
  hash: string;
  atMs: number;
}

export interface Traffic {
  stored: Stored[];
  /** Reads that gave what was stored, and that gave something else. */
  read: number;
  wrong: number;
  refused: { atMs: number; what: "write" | "read"; reason: string }[];
  /** The longest a client waited for a write that was confirmed, in milliseconds. */
  slowestMs: number;
  stop: () => Promise<void>;
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What is stored: large enough to lie in parts of its own on the drives. */
export const contentOf = (nonce: string, key: string): string =>
  `${nonce} ${key}\n`.repeat(Math.ceil(300_000 / (nonce.length + key.length + 2)));

/**
 * Clients that write objects and read them back, through whichever server answers: a server that is gone is left out after a try,
 * as behind a Service.
 */
export function startTraffic(cluster: ObjectStoreCluster, bucket: string, count = 2): Traffic {
  const { course, nonce } = cluster.room;
  let isOver = false;
  const traffic: Traffic = { stored: [], read: 0, wrong: 0, refused: [], slowestMs: 0, stop: async () => undefined };
  const tried = async (what: "write" | "read", work: (server: number) => Promise<Done>): Promise<Done | undefined> => {
    let last = "no server answers";
    let tries = 0;
    for (let server = 0; server < cluster.count && tries < 3; server++) {
      if (!(await cluster.isThere(server))) continue;
      tries++;
      const done = await work(server);
      if (done.code === 0) return done;
      last = done.stderr.trim().slice(-160);
    }
    if (!isOver) traffic.refused.push({ atMs: course.now(), what, reason: last });
    return undefined;
  };
  const work = async (client: number): Promise<void> => {
    for (let number = 1; !isOver; number++) {
      const key = `${client}/${number}`;
      const content = contentOf(nonce, key);
      const from = course.now();
      const written = await tried("write", server => cluster.mc(["pipe", `s${server}/${bucket}/${key}`], content));
      if (written) {
        traffic.stored.push({ bucket, key, hash: hashOf(content), atMs: course.now() });
        traffic.slowestMs = Math.max(traffic.slowestMs, course.now() - from);
      }
      const earlier = traffic.stored[Math.floor(traffic.stored.length / 2)];
      if (!earlier) continue;
      const got = await tried("read", server => cluster.mc(["cat", `s${server}/${bucket}/${earlier.key}`]));
      if (!got) continue;
      if (hashOf(got.stdout) === earlier.hash) traffic.read++;
      else traffic.wrong++;
    }
  };
  const all = Array.from({ length: count }, (_, client) => work(client));
  traffic.stop = async () => {
    isOver = true;
    await Promise.all(all);
  };
  return traffic;
}
