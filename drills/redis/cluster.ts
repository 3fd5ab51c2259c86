import * as fs from "node:fs";
import * as path from "node:path";
import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import type { Room, Settings } from "../drill";
import { needed } from "../drill";
import { Network } from "../network";
import type { Server } from "../servers";
import { until } from "../servers";
import type { Certificates } from "../tls";
import { makeCertificates } from "../tls";

const same = (text: string): string => text;

/**
 * Servers and sentinels of the component, started by its own scripts with its own configuration. What Kubernetes gives a pod stands
 * around them: each has an address of its own on the loopback network, names lead there, and its folders are where the pod's are.
 */
export class RedisCluster {
  readonly servers: (Server | undefined)[] = [];
  readonly sentinels: (Server | undefined)[] = [];
  readonly network = new Network();
  readonly name: string;
  readonly replicas: number;
  readonly ordinals: number[];
  readonly password = randomBytes(12).toString("hex");
  #tls!: Certificates;
  readonly #net: string;
  readonly #data: Record<string, string>;

  constructor(
    readonly room: Room,
    settings: Settings,
    /** What is changed of the component's configuration and scripts on purpose. */
    { config = same, script = same }: { config?: (text: string) => string; script?: (text: string) => string } = {},
  ) {
    const { spec, args } = needed(settings, "redis");
    this.name = args.name;
    this.replicas = spec.statefulSet.spec.replicas;
    this.ordinals = Array.from({ length: this.replicas }, (_, ordinal) => ordinal);
    // A network of its own among the loopback addresses: two drills at once do not meet.
    this.#net = `127.${10 + (process.pid % 200)}.${randomBytes(1)[0]! % 250}`;
    this.#data = Object.fromEntries(
      Object.entries(spec.config.data).map(([file, text]) => [
        file,
        file.endsWith(".conf") ? config(text) : script(text),
      ]),
    );
  }

  /** Where others reach a pod; what goes there passes through the drill's network. */
  address = (ordinal: number): string => `${this.#net}.${1 + ordinal}`;
  /** Where its programs listen. */
  #inside = (ordinal: number): string => `${this.#net}.${101 + ordinal}`;
  #pod = (ordinal: number): string => path.join(this.room.dir, `${this.name}-${ordinal}`);
  dataDir = (ordinal: number): string => path.join(this.#pod(ordinal), "data");

  async prepare(): Promise<void> {
    const all = this.ordinals;
    const addresses = ["127.0.0.1", ...all.flatMap(one => [this.address(one), this.#inside(one)])];
    this.#tls = await makeCertificates(this.room.servers, [this.name], addresses);
    const who = (address: string): string => {
      const ordinal = all.find(one => address === this.#inside(one));
      return ordinal === undefined ? "clients" : String(ordinal);
    };
    for (const ordinal of all) {
      this.#writePod(ordinal, all);
      for (const port of [6379, 26379])
        await this.network.open(
          who,
          String(ordinal),
          { host: this.#inside(ordinal), port },
          { host: this.address(ordinal), port },
        );
    }
  }

  /** The pod's folders, with the component's files in them and this machine's places for the pod's. */
  #writePod(ordinal: number, all: readonly number[]): void {
    const pod = this.#pod(ordinal);
    const here = (text: string) =>
      text.replace(/(?<![\w/])\/(data|config|tls|sentinel|tmp)(?=[/\s"']|$)/gm, (_, folder: string) =>
        path.join(pod, folder),
      );
    for (const folder of ["data", "config", "tls", "sentinel", "tmp", "bin"])
      fs.mkdirSync(path.join(pod, folder), { recursive: true });
    for (const [file, text] of Object.entries(this.#data))
      fs.writeFileSync(path.join(pod, "config", file), here(text), { mode: 0o755 });
    const { certificate, key, authority } = this.#tls;
    for (const [from, to] of [
      [certificate, "tls.crt"],
      [key, "tls.key"],
      [authority, "ca.crt"],
    ] as const)
      fs.copyFileSync(from, path.join(pod, "tls", to));
    const hosts = all.map(one => `${this.address(one)} ${this.name}-${one}`).join("\n");
    fs.writeFileSync(path.join(pod, "hosts"), `${hosts}\n`);
    this.#writePrograms(ordinal);
  }

  /** What is in the image and in the cluster's name service, as programs on the pod's PATH. */
  #writePrograms(ordinal: number): void {
    const pod = this.#pod(ordinal);
    const real = (name: string) => this.program(name);
    const inside = this.#inside(ordinal);
    const write = (name: string, lines: string[]) =>
      fs.writeFileSync(path.join(pod, "bin", name), `#!/bin/sh\n${lines.join("\n")}\n`, { mode: 0o755 });
    const lookUp = `awk -v name="\${name%%.*}" '$2 == name { print $1; exit }' "${pod}/hosts"`;
    write("getent", ['name="$2"', `found=$(${lookUp})`, '[ -n "$found" ] && echo "$found $2"']);
    // A pod's own 127.0.0.1 is its own address here.
    write("valkey-cli", [
      "n=$#",
      'while [ "$n" -gt 0 ]; do',
      '  word="$1"; shift; n=$((n - 1))',
      '  if [ "$last" = -h ]; then',
      `    if [ "$word" = 127.0.0.1 ]; then word=${inside}; else name="$word"; found=$(${lookUp}); [ -n "$found" ] && word="$found"; fi`,
      "  fi",
      '  last="$word"; set -- "$@" "$word"',
      "done",
      `exec ${real("cli")} "$@"`,
    ]);
    // Listens where the pod would, and speaks from there: so the network knows who speaks.
    const own = `--bind ${inside} --bind-source-addr ${inside}`;
    write("valkey-server", [`exec ${real("server")} "$@" ${own}`]);
    write("valkey-sentinel", [`exec ${real("server")} "$@" --sentinel ${own}`]);
    write("valkey-check-rdb", [`exec ${real("check-rdb")} "$@"`]);
  }

  /** One of the engine's programs, whichever of the two it is. */
  program(name: string): string {
    const { redis } = this.room.programs;
    const valkey = path.join(redis, `valkey-${name}`);
    return fs.existsSync(valkey) ? valkey : path.join(redis, `redis-${name}`);
  }

  #env(ordinal: number): NodeJS.ProcessEnv {
    return {
      NAME: this.name,
      REPLICAS: String(this.replicas),
      PASSWORD: this.password,
      HOSTNAME: `${this.name}-${ordinal}`,
      PATH: [path.join(this.#pod(ordinal), "bin"), process.env.PATH ?? ""].join(path.delimiter),
    };
  }

  #start(kind: "server" | "sentinel", ordinal: number): Server {
    const pod = this.#pod(ordinal);
    const script = path.join(pod, "config", `start-${kind}.sh`);
    return this.room.servers.start(`${kind}-${ordinal}`, script, [], { env: this.#env(ordinal), cwd: pod });
  }

  startServer = (ordinal: number): Server => (this.servers[ordinal] = this.#start("server", ordinal));
  startSentinel = (ordinal: number): Server => (this.sentinels[ordinal] = this.#start("sentinel", ordinal));

  /**
   * Runs a step of one of the component's jobs as its container would, with this machine's places for the container's.
   * @param scratch the folder that the steps of a job share
   * @param port where a server that the step starts for itself listens, instead of 6400
   */
  runStep(script: string, { scratch, port, env = {} }: { scratch: string; port: number; env?: NodeJS.ProcessEnv }) {
    const pod = this.#pod(0);
    const text = script
      .replace(/(?<![\w/])\/tls(?=[/\s"']|$)/gm, path.join(pod, "tls"))
      .replaceAll("/scratch", scratch)
      .replaceAll("6400", String(port));
    return this.room.servers.run("/bin/sh", ["-c", text], { env: { ...this.#env(0), ...env }, timeoutMs: 240_000 });
  }

  /** Programs of the engine under the names that the component's scripts know, as an image has them. */
  writeImage(dir: string): void {
    fs.mkdirSync(dir, { recursive: true });
    for (const name of ["server", "cli", "check-rdb"])
      fs.writeFileSync(path.join(dir, `valkey-${name}`), `#!/bin/sh\nexec ${this.program(name)} "$@"\n`, {
        mode: 0o755,
      });
  }

  #both = (ordinal: number): Server[] =>
    [this.servers[ordinal], this.sentinels[ordinal]].filter(one => one !== undefined);

  /** Server and sentinel of a pod, at once and without a word. */
  async killPod(ordinal: number): Promise<void> {
    await Promise.all(this.#both(ordinal).map(one => one.stop("SIGKILL")));
  }

  freezePod = (ordinal: number): void => this.#both(ordinal).forEach(one => one.signal("SIGSTOP"));
  thawPod = (ordinal: number): void => this.#both(ordinal).forEach(one => one.signal("SIGCONT"));

  /** Takes all that a pod's server had on its volume. */
  emptyData = (ordinal: number): void => {
    fs.rmSync(this.dataDir(ordinal), { recursive: true, force: true });
    fs.mkdirSync(this.dataDir(ordinal));
  };

  /** Takes all that a pod had on its volumes. */
  emptyPod = (ordinal: number): void => {
    this.emptyData(ordinal);
    fs.rmSync(path.join(this.#pod(ordinal), "sentinel", "sentinel.conf"), { force: true });
  };

  /** A connection to a pod's server or sentinel, straight or through the drill's network. */
  connect(ordinal: number, { sentinel = false, straight = true } = {}): Redis {
    const client = new Redis({
      host: straight ? this.#inside(ordinal) : this.address(ordinal),
      port: sentinel ? 26379 : 6379,
      password: this.password,
      tls: { ca: fs.readFileSync(this.#tls.authority), checkServerIdentity: () => undefined },
      lazyConnect: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      connectTimeout: 1_500,
      commandTimeout: 2_500,
      enableOfflineQueue: true,
    });
    client.on("error", () => undefined);
    return client;
  }

  /** Asks one thing of a pod; undefined where nobody answers. */
  async ask(ordinal: number, command: string, args: string[] = [], sentinel = false): Promise<unknown> {
    const client = this.connect(ordinal, { sentinel });
    try {
      return await client.call(command, ...args);
    } catch {
      return undefined;
    } finally {
      client.disconnect();
    }
  }

  roleOf = async (ordinal: number): Promise<string | undefined> => {
    const role = (await this.ask(ordinal, "role")) as [string] | undefined;
    return role?.[0];
  };

  /** The pod that most sentinels take for the primary. */
  async primary(): Promise<number | undefined> {
    const votes = await Promise.all(
      this.sentinels.map(async (_, ordinal) => {
        const found = (await this.ask(ordinal, "sentinel", ["get-master-addr-by-name", this.name], true)) as
          [string] | undefined;
        return found && this.sentinels.findIndex((_one, other) => this.address(other) === found[0]);
      }),
    );
    return this.sentinels
      .map((_, one) => one)
      .find(one => votes.filter(vote => vote === one).length * 2 > votes.length);
  }

  /** Starts some pods, all at once as the StatefulSet does. */
  startPods(ordinals: Iterable<number>): void {
    for (const ordinal of ordinals) {
      this.startServer(ordinal);
      this.startSentinel(ordinal);
    }
  }

  /** Starts everything, and waits until all see each other. */
  async start(): Promise<void> {
    this.startPods(this.ordinals);
    if (!(await this.isWhole()))
      throw new Error(`the store did not become whole: ${this.logOf(0)} ${this.logOf(0, "sentinel")}`);
  }

  /** Waits until sentinels know all servers and each other, and the primary has its replicas. */
  isWhole = (timeoutMs = 40_000): Promise<boolean> =>
    until(
      async () => {
        const primary = await this.primary();
        if (primary === undefined || (await this.roleOf(primary)) !== "master") return false;
        const info = String((await this.ask(primary, "info", ["replication"])) ?? "");
        if ((info.match(/state=online/g) ?? []).length < this.replicas - 1) return false;
        // A sentinel that has not heard of a replica yet would leave it behind.
        const known = await Promise.all(
          this.sentinels.flatMap((_, ordinal) =>
            ["sentinels", "replicas"].map(async kind => {
              const all = (await this.ask(ordinal, "sentinel", [kind, this.name], true)) as unknown[] | undefined;
              return all?.length ?? 0;
            }),
          ),
        );
        return known.every(count => count >= this.replicas - 1);
      },
      timeoutMs,
      200,
    );

  logOf(ordinal: number, kind: "server" | "sentinel" = "server"): string {
    const log = (kind === "server" ? this.servers : this.sentinels)[ordinal]?.log;
    return log && fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().slice(-500) : "";
  }

  close(): void {
    this.network.close();
  }
}
