import assert from "node:assert/strict";
import { abortAbove, canarySteps } from "../../components/delivery/rollout";
import { serviceSpec } from "../../components/delivery/service";
import { prioritySpecs } from "../../components/delivery/priority";
import { workerSpec } from "../../components/delivery/worker";
import { reasonsOf } from "../support/program";
import { system, service, worker } from "../support/shop";

describe("delivery", () => {
  it("carries the tier it asks for on all its objects, and none where it asks for none", () => {
    const label = "greenlight.dev/tier";
    const { deployment, disruptionBudget } = serviceSpec({ ...service, tier: "production" });
    for (const { metadata } of [deployment, disruptionBudget, deployment.spec.template])
      assert.equal(metadata.labels[label], "production");
    assert.equal(workerSpec({ ...worker, tier: "staging" }).deployment.metadata.labels[label], "staging");
    assert.ok(!(label in serviceSpec(service).deployment.metadata.labels));
  });

  it("releases what is important by 5, 25, 50, 100 % over 75 minutes, and the rest pod by pod", () => {
    const { rollout } = serviceSpec({ ...service, importance: "important" });
    assert.deepEqual(canarySteps, [
      [5, 10],
      [25, 15],
      [50, 20],
      [100, 30],
    ]);
    const { steps } = (rollout!.rollout.spec.strategy as { canary: { steps: object[] } }).canary;
    assert.deepEqual(steps.slice(0, 3), [{ setWeight: 5 }, { pause: { duration: "10m" } }, { setWeight: 25 }]);
    assert.equal(serviceSpec(service).rollout, undefined);
  });

  it("stops a release at the strictest limit anybody gave", () => {
    assert.equal(abortAbove({ availability: 99.9 }), 0.001);
    assert.equal(abortAbove({ availability: 95 }), 0.005);
  });

  it("takes no traffic for no success: then people decide", () => {
    const { analysis } = serviceSpec({ ...service, strategy: "canary" }).rollout!;
    for (const { successCondition, failureCondition } of analysis.spec.metrics)
      for (const condition of [successCondition, failureCondition])
        assert.match(condition, /^len\(result\) > 0 && !isNaN/);
  });

  it("keeps the old version by for ten minutes after a blue-green switch", () => {
    const { strategy } = serviceSpec({ ...service, strategy: "blueGreen" }).rollout!.rollout.spec;
    assert.equal((strategy as { blueGreen: { scaleDownDelaySeconds: number } }).blueGreen.scaleDownDelaySeconds, 600);
  });

  it("asks for nothing that the controller refuses where no route shifts the traffic", () => {
    const canaryOf = (more: object) =>
      (
        serviceSpec({ ...service, strategy: "canary", ...more }).rollout!.rollout.spec.strategy as {
          canary: Record<string, unknown>;
        }
      ).canary;
    const pods = canaryOf({});
    assert.ok(!("scaleDownDelaySeconds" in pods) && !("trafficRouting" in pods));
    assert.equal(canaryOf({ route: "api" }).scaleDownDelaySeconds, 60);
  });

  it("gives a service that speaks TLS a certificate, probes over TLS, and roots of its own", () => {
    const { certificate, deployment, monitor } = serviceSpec({ ...service, tls: true });
    assert.ok(certificate!.spec.dnsNames.includes("api.shop.svc"));
    const [container] = deployment.spec.template.spec.containers;
    assert.equal(container!.livenessProbe.httpGet.scheme, "HTTPS");
    assert.equal(monitor.spec.endpoints[0]!.scheme, "https");
  });

  it("scales workers by what waits, and lets a job end", () => {
    const { scaler, deployment } = workerSpec(worker);
    assert.match(scaler.spec.triggers[0]!.metadata.query, /job_queue_depth/);
    assert.equal(deployment.spec.template.spec.terminationGracePeriodSeconds, 315);
    assert.deepEqual(
      reasonsOf(() => workerSpec({ ...worker, minReplicas: 3, maxReplicas: 3 })),
      ["maxReplicas is 3; need more than minReplicas, 3"],
    );
  });

  it("lets background work push nobody out", () =>
    assert.deepEqual(
      prioritySpecs(system).map(one => [one.metadata.name, one.preemptionPolicy]),
      [
        ["shop-vital", "PreemptLowerPriority"],
        ["shop-important", "PreemptLowerPriority"],
        ["shop-ordinary", "PreemptLowerPriority"],
        ["shop-background", "Never"],
      ],
    ));
});
