import { generateKeyPairSync, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Room } from "../drill";
import type { Server } from "../servers";
import { freePort, until } from "../servers";
import { nodes, stages } from "./nodes";

/** An object as the API server has it. */
export interface Obj {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

const readyMs = 90_000;

/** A control plane of the drill's own: etcd, API server, controllers, scheduler, nodes without machines behind them. */
export class DrillCluster {
  #api = "";
  #kubeconfig: string;

  constructor(readonly room: Room) {
    this.#kubeconfig = path.join(room.dir, "kubeconfig");
  }

  #start(name: string, dir: string, program: string, args: string[]): Server {
    return this.room.servers.start(name, path.join(dir, program), args, { env: { KUBECONFIG: this.#kubeconfig } });
  }

  async start(): Promise<void> {
    const { room } = this;
    const { etcd, kubernetes, kwok } = room.programs;
    const port = () => freePort();
    const [client, peer, secure, proxy, kcm, scheduler, fakes] = [
      ...[await port(), await port(), await port(), await port(), await port(), await port(), await port()],
    ] as [number, number, number, number, number, number, number];
    const at = (number: number, scheme = "http") => `${scheme}://127.0.0.1:${number}`;
    this.#start("etcd", etcd, "etcd", [
      ...["--data-dir", path.join(room.dir, "etcd"), "--unsafe-no-fsync", "--log-level", "error"],
      ...["--listen-client-urls", at(client), "--advertise-client-urls", at(client)],
      ...["--listen-peer-urls", at(peer), "--initial-advertise-peer-urls", at(peer)],
      ...["--initial-cluster", `default=${at(peer)}`],
    ]);
    const token = randomBytes(24).toString("hex");
    const accounts = path.join(room.dir, "accounts.pem");
    const tokens = path.join(room.dir, "tokens.csv");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    fs.writeFileSync(accounts, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    fs.writeFileSync(tokens, `${token},drill,drill,system:masters\n`, { mode: 0o600 });
    const certificates = path.join(room.dir, "apiserver");
    this.#start("kube-apiserver", kubernetes, "kube-apiserver", [
      ...["--etcd-servers", at(client), "--secure-port", String(secure), "--bind-address", "127.0.0.1"],
      ...["--cert-dir", certificates, "--token-auth-file", tokens, "--authorization-mode", "RBAC"],
      ...["--service-account-issuer", "https://drill.local", "--service-cluster-ip-range", "10.77.0.0/16"],
      ...["--service-account-key-file", accounts, "--service-account-signing-key-file", accounts],
    ]);
    const authority = path.join(certificates, "apiserver.crt");
    await this.#mustBe("the API server's certificate", () => fs.existsSync(authority));
    fs.writeFileSync(
      this.#kubeconfig,
      JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "drill" },
        clusters: [{ name: "drill", cluster: { server: at(secure, "https"), "certificate-authority": authority } }],
        users: [{ name: "drill", user: { token } }],
        contexts: [{ name: "drill", context: { cluster: "drill", user: "drill" } }],
      }),
      { mode: 0o600 },
    );
    await this.#mustBe("the API server", async () => (await this.kubectl(["get", "--raw", "/readyz"])).code === 0);
    const config = ["--kubeconfig", this.#kubeconfig];
    const quiet = ["--leader-elect=false", "--bind-address", "127.0.0.1"];
    this.#start("kube-controller-manager", kubernetes, "kube-controller-manager", [
      ...[...config, ...quiet, "--secure-port", String(kcm), "--service-account-private-key-file", accounts],
    ]);
    this.#start("kube-scheduler", kubernetes, "kube-scheduler", [
      ...config,
      ...quiet,
      "--secure-port",
      String(scheduler),
    ]);
    const life = path.join(room.dir, "kwok.yaml");
    fs.writeFileSync(life, stages.map(one => JSON.stringify(one)).join("\n---\n"));
    this.#start("kwok", kwok, "kwok", [
      ...[...config, "--config", life, "--manage-all-nodes=true", "--server-address", `127.0.0.1:${fakes}`],
    ]);
    this.#start("kubectl-proxy", kubernetes, "kubectl", [...config, "proxy", "--port", String(proxy)]);
    this.#api = at(proxy);
    await this.#mustBe(
      "the door to the API server",
      async () => (await this.get("/readyz").catch(() => undefined)) !== undefined,
    );
    await this.apply(nodes);
  }

  /** Starts the controller of releases, and waits until it serves its health. */
  async startRollouts(): Promise<void> {
    const [metrics, health] = [await freePort(), await freePort()];
    const dir = this.room.programs.rollouts;
    const kinds = fs.readdirSync(dir).filter(name => name.endsWith("-crd.yaml"));
    const files = kinds.flatMap(name => ["-f", path.join(dir, name)]);
    const { code, stderr } = await this.kubectl(["apply", "--server-side", ...files]);
    if (code !== 0) throw new Error(`the kinds of releases were refused: ${stderr.trim().slice(-300)}`);
    this.#start("rollouts-controller", dir, "rollouts-controller", [
      ...["--kubeconfig", this.#kubeconfig, "--leader-elect=false", "--loglevel", "info", "--logformat", "json"],
      ...["--metricsPort", String(metrics), "--healthzPort", String(health)],
    ]);
    await this.#mustBe("the controller of releases", async () => {
      const answer = await fetch(`http://127.0.0.1:${health}/healthz`).catch(() => undefined);
      return answer?.ok === true;
    });
  }

  async #mustBe(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
    if (!(await until(isSo, readyMs, 200))) throw new Error(`${what} did not come up in ${readyMs / 1_000} s`);
  }

  kubectl(args: string[], input?: string) {
    const program = path.join(this.room.programs.kubernetes, "kubectl");
    return this.room.servers.run(program, ["--kubeconfig", this.#kubeconfig, ...args], {
      ...(input === undefined ? {} : { input }),
      timeoutMs: 30_000,
    });
  }

  /** Applies objects as `kubectl apply --server-side` does. */
  async apply(objects: readonly object[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    const { code, stderr } = await this.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], list);
    if (code !== 0) throw new Error(`the API server refused it: ${stderr.trim().slice(-400)}`);
  }

  async get<T>(place: string): Promise<T> {
    const answer = await fetch(`${this.#api}${place}`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`GET ${place}: ${answer.status}`);
    const text = await answer.text();
    return (text.startsWith("{") ? JSON.parse(text) : text) as T;
  }
}
