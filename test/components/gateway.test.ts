import assert from "node:assert/strict";
import { dependencySpec } from "../../components/gateway/dependency";
import { gatewaySpec } from "../../components/gateway/gateway";
import { routeSpec } from "../../components/gateway/route";
import { reasonsOf } from "../support/program";
import { gateway, route, dependency } from "../support/shop";

describe("the gateway", () => {
  it("speaks TLS 1.2 at least, and answers in clear with a redirect alone", () => {
    const spec = gatewaySpec(gateway);
    assert.equal((spec.clients.spec as { tls: { minVersion: string } }).tls.minVersion, "1.2");
    const listeners = (
      spec.gateway.spec as { listeners: { protocol: string; allowedRoutes: { namespaces: { from: string } } }[] }
    ).listeners;
    assert.deepEqual(
      listeners.map(one => [one.protocol, one.allowedRoutes.namespaces.from]),
      [
        ["HTTP", "Same"],
        ["HTTPS", "Selector"],
      ],
    );
  });

  it("lets nobody but services of the system through the inner door", () => {
    const [outer, inner] = gatewaySpec(gateway).networkPolicies;
    assert.match(JSON.stringify(outer!.spec.ingress), /0\.0\.0\.0\/0/);
    assert.doesNotMatch(JSON.stringify(inner!.spec.ingress), /ipBlock/);
  });

  it("writes no query and no header into its log", () => {
    const text = JSON.stringify(gatewaySpec(gateway).proxy);
    assert.match(text, /%PATH\(NQ\)%/);
    assert.doesNotMatch(text, /AUTHORIZATION|COOKIE/i);
  });

  it("tells browsers to come back by TLS only", () =>
    assert.match(JSON.stringify(routeSpec(route).route), /max-age=63072000; includeSubDomains/));

  it("tries again only what never arrived", () => {
    const { retry } = routeSpec(route).traffic.spec;
    assert.deepEqual(retry.retryOn.triggers, ["connect-failure", "refused-stream", "reset-before-request"]);
  });

  it("has the documents' profile: ten calls, then 429", () => {
    const [rule] = routeSpec({ ...route, rateLimit: "strict" }).traffic.spec.rateLimit.local.rules;
    assert.deepEqual(rule!.limit, { requests: 10, unit: "Minute" });
  });

  it("makes another route of a canary whose rules change, and leaves its weights alone", () => {
    const name = (path: string) => routeSpec({ ...route, canary: true, path }).route.metadata.name;
    assert.notEqual(name("/"), name("/v2"));
    assert.equal(routeSpec(route).route.metadata.name, "api");
  });

  const refusals: [string, () => unknown, string][] = [
    [
      "no host",
      () => gatewaySpec({ ...gateway, hosts: [] }),
      "hosts is empty; need a name that is served, such as api.example.com",
    ],
    [
      "one proxy",
      () => gatewaySpec({ ...gateway, replicas: 1 }),
      "replicas is 1; need at least 2: one is being replaced at times",
    ],
    ["a storm of retries", () => routeSpec({ ...route, retries: 9 }), "retries is 9; need 0 to 5: more is a storm"],
    [
      "a time nobody can read",
      () => routeSpec({ ...route, timeout: "soon" }),
      'timeout is "soon"; need a time above zero such as "5s"',
    ],
    [
      "an address for a name",
      () => dependencySpec({ ...dependency, host: "192.0.2.1" }),
      'host is "192.0.2.1"; need a name such as ai.example.com: TLS is checked by it',
    ],
    [
      "a dependency nobody uses",
      () => dependencySpec({ ...dependency, clients: [] }),
      "clients is empty; need the services that use it, or do without it",
    ],
    [
      "a promise above all",
      () => dependencySpec({ ...dependency, sla: 110 }),
      "sla is 110; need a percentage above 0, at most 100",
    ],
  ];
  for (const [what, build, says] of refusals) it(`refuses ${what}`, () => assert.deepEqual(reasonsOf(build), [says]));
});

describe("a dependency outside", () => {
  it("has a time limit, retries, a breaker, a fallback and a probe", () => {
    const { traffic, probe } = dependencySpec({ ...dependency, timeout: "30s", fallback: { body: "{}" } });
    const spec = traffic.spec as typeof traffic.spec & { responseOverride: { response: { statusCode: number } }[] };
    assert.equal(spec.timeout.http.requestTimeout, "30s");
    assert.ok(spec.retry && spec.circuitBreaker && spec.healthCheck);
    assert.equal(spec.responseOverride[0]!.response.statusCode, 503);
    assert.deepEqual(probe.spec.targets.staticConfig.static, ["https://ai.example.com:443/"]);
  });

  it("is reached by its clients alone", () =>
    assert.deepEqual(
      dependencySpec(dependency).networkPolicies.map(one => [one.metadata.namespace, one.spec.podSelector.matchLabels]),
      [["shop", { "app.kubernetes.io/name": "api" }]],
    ));

  it("is held to its promise, where there is one", () => {
    const alerts = (sla?: number) =>
      dependencySpec({ ...dependency, ...(sla ? { sla } : {}) }).alerts.spec.groups[0]!.rules.map(one => one.alert);
    assert.deepEqual(alerts(), ["DependencyDown", "DependencySlow"]);
    assert.deepEqual(alerts(99.5), ["DependencyDown", "DependencySlow", "DependencyBelowPromise"]);
  });
});
