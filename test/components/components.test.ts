import assert from "node:assert/strict";
import type { ServiceArgs } from "../../components/delivery/service";
import { serviceSpec } from "../../components/delivery/service";
import { namespaceSpec } from "../../components/security/namespace";

const service: ServiceArgs = { name: "api", system: "shop", namespace: "shop", image: "shop/api" };
const propertiesOf = (build: () => unknown): string[] => {
  try {
    build();
  } catch (error) {
    return (error as { errors: { reason: string }[] }).errors.map(one => one.reason);
  }
  return [];
};

describe("Service", () => {
  it("leaves the pod count to the autoscaler", () => {
    const { deployment, autoscaler } = serviceSpec(service);
    assert.equal("replicas" in deployment.spec, false);
    assert.deepEqual([autoscaler.spec.minReplicas, autoscaler.spec.maxReplicas], [3, 6]);
  });

  it("keeps its default where an argument is undefined", () =>
    assert.equal(serviceSpec({ ...service, minReplicas: undefined }).autoscaler.spec.minReplicas, 3));

  it("picks the same pods from every object", () => {
    const { deployment, service: one, disruptionBudget, networkPolicy, monitor } = serviceSpec(service);
    const labels: Record<string, string> = deployment.spec.template.metadata.labels;
    for (const selector of [
      deployment.spec.selector.matchLabels,
      one.spec.selector,
      disruptionBudget.spec.selector.matchLabels,
      networkPolicy.spec.podSelector.matchLabels,
      monitor.spec.selector.matchLabels,
    ])
      for (const [key, value] of Object.entries(selector)) assert.equal(labels[key], value);
  });

  it("lets in its callers and lets out to what it calls, and no more", () => {
    const { networkPolicy } = serviceSpec({ ...service, callers: ["web"], calls: [{ name: "db", port: 5432 }] });
    assert.equal(networkPolicy.spec.ingress[0]!.from.length, 3);
    assert.deepEqual(networkPolicy.spec.egress, [
      {
        to: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "db" } } }],
        ports: [{ protocol: "TCP", port: 5432 }],
      },
    ]);
    assert.deepEqual(serviceSpec(service).networkPolicy.spec.egress, []);
  });

  it("refuses what cannot work, all of it at once", () =>
    assert.deepEqual(
      propertiesOf(() => serviceSpec({ ...service, cpu: "lots", memory: "128MB", minReplicas: 4, maxReplicas: 2 })),
      [
        'cpu is "lots"; need a quantity above zero such as "100m"',
        'memory is "128MB"; need a quantity above zero such as "128Mi"',
        "maxReplicas is 2; need at least minReplicas, 4",
      ],
    ));
});

describe("Namespace", () => {
  it("enforces the restricted pod security standard", () =>
    assert.equal(
      namespaceSpec({ name: "shop", system: "shop" }).namespace.metadata.labels["pod-security.kubernetes.io/enforce"],
      "restricted",
    ));

  it("denies both ways and lets DNS out", () => {
    const { defaultDeny, allowDns } = namespaceSpec({ name: "shop", system: "shop" });
    assert.deepEqual(defaultDeny.spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    assert.deepEqual(
      allowDns.spec.egress[0]!.ports.map(port => port.port),
      [53, 53],
    );
  });

  it("refuses a quota nobody can read", () =>
    assert.deepEqual(
      propertiesOf(() => namespaceSpec({ name: "shop", system: "shop", memory: "40GB" })),
      ['memory is "40GB"; need a quantity above zero such as "40Gi"'],
    ));
});
