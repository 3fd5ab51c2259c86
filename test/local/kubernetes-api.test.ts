import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { stringify } from "yaml";
import { ApiError, connect, pathOf, readKubeconfig } from "../../local/kubernetes-api";
import { temporary } from "../support/local-stack";

describe("the API client", () => {
  let dir: string;
  let server: http.Server;
  let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void;

  before(async () => {
    dir = temporary();
    server = http.createServer((request, response) => answer(request, response));
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    server.close();
    server.closeAllConnections();
    fs.rmSync(dir, { recursive: true });
  });

  function kubeconfig(): string {
    const file = path.join(dir, "kubeconfig");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = {
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      clusters: [{ name: "k", cluster: { server: url } }],
      users: [{ name: "u", user: { token: "t" } }],
    };
    fs.writeFileSync(file, stringify(config));
    return file;
  }

  it("says that a server does not answer, and how long it waited", async () => {
    answer = () => undefined;
    const api = connect(kubeconfig());
    await assert.rejects(
      api.request("GET", "/readyz", { timeoutMs: 200 }),
      /the API server http:\/\/127\.0\.0\.1:\d+ is not answering \(no answer within 0\.2 s\); need one that does/,
    );
    api.close();
  });

  it("passes on what the server says when it refuses", async () => {
    answer = (_request, response) =>
      response
        .writeHead(409)
        .end(JSON.stringify({ message: 'conflict with "kubectl": .spec.replicas', reason: "Conflict" }));
    const api = connect(kubeconfig());
    await assert.rejects(
      api.request("PATCH", "/x"),
      (error: unknown) =>
        error instanceof ApiError && error.code === 409 && /conflict with "kubectl"/.test(error.message),
    );
    api.close();
  });

  it("forgets that a kind was missing", async () => {
    let served = false;
    answer = (_request, response) =>
      served
        ? response.end(
            JSON.stringify({
              resources: [
                { name: "robots", kind: "Robot", namespaced: true },
                { name: "robots/status", kind: "Robot", namespaced: true },
              ],
            }),
          )
        : response.writeHead(404).end("{}");
    const api = connect(kubeconfig());
    assert.equal(await api.kindOf("example.com/v1", "Robot"), undefined);
    served = true;
    assert.deepEqual(await api.kindOf("example.com/v1", "Robot"), { plural: "robots", namespaced: true });
    api.close();
  });

  it("writes paths that no name can lead out of", () =>
    assert.equal(
      pathOf("apps/v1", { plural: "deployments", namespaced: true }, "a/../b", "../x"),
      "/apis/apps/v1/namespaces/a%2F..%2Fb/deployments/..%2Fx",
    ));

  it("says what is wrong with a kubeconfig", () => {
    assert.throws(() => readKubeconfig(path.join(dir, "none")), /none is unreadable \(ENOENT/);
    fs.writeFileSync(path.join(dir, "empty"), "clusters: []\n");
    assert.throws(() => readKubeconfig(path.join(dir, "empty")), /empty is without a current context/);
  });
});
