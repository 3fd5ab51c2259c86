import assert from "node:assert/strict";
import { clusterObjectsSpec } from "../../components/backup/cluster-objects";
import { storageClassSpecs } from "../../components/cluster/storage-classes";
import { operatorNames, operatorSpec } from "../../components/operators/operator";
import { reachesOf } from "../../components/reach";
import { accessSpec } from "../../components/security/access";
import { wantedSecretSpecs } from "../../components/security/secrets";
import { system, plan } from "../support/shop";

describe("operators", () => {
  it("are charts of one version each, with values that wait for nothing", () => {
    for (const name of operatorNames)
      for (const chart of operatorSpec({ name, system }).charts) {
        assert.match(chart.version, /^v?\d+\.\d+\.\d+$/);
        assert.ok(chart.values, `${chart.name} has no values`);
        // A value that is an output would not survive this as it is.
        assert.deepEqual(JSON.parse(JSON.stringify(chart.values)), chart.values);
      }
  });

  it("live in closed namespaces, where the API server reaches their webhooks", () => {
    const { networkPolicy } = operatorSpec({ name: "postgres", system, apiServers: ["10.9.0.0/16"] });
    assert.match(JSON.stringify(networkPolicy.spec.ingress), /10\.9\.0\.0\/16/);
  });
});

describe("access, secrets and storage", () => {
  it("lets nobody read a Secret or open a shell", () => {
    const text = JSON.stringify(accessSpec({ system, namespaces: ["shop"], readers: ["dev"], operators: ["ops"] }));
    assert.doesNotMatch(text, /"secrets"|pods\/exec|"\*"|escalate|impersonate/);
  });

  it("makes no role for nobody", () => assert.deepEqual(accessSpec({ system, namespaces: ["shop"] }), []));

  it("makes one Secret of all keys that are wanted of it", () => {
    const [made, ...rest] = wantedSecretSpecs({
      system,
      namespaces: ["shop"],
      wanted: [
        { namespace: "shop", name: "ai", key: "key" },
        { namespace: "shop", name: "ai", key: "org" },
      ],
    });
    assert.deepEqual(
      made!.spec.data.map(one => one.secretKey),
      ["key", "org"],
    );
    assert.equal(rest.length, 0);
  });

  it("keeps volumes and snapshots when their claims go", () => {
    const { general, objectStore, snapshots } = storageClassSpecs({ system });
    const parameters: Record<string, string> = objectStore.parameters;
    assert.deepEqual(
      [general.reclaimPolicy, objectStore.reclaimPolicy, snapshots.deletionPolicy],
      ["Retain", "Retain", "Retain"],
    );
    assert.equal(parameters["csi.storage.k8s.io/fstype"], "xfs");
  });

  it("leaves secrets out of the copy of the cluster's objects", () =>
    assert.ok(
      clusterObjectsSpec({ system, namespaces: ["shop"] }, plan).schedule.spec.template.excludedResources.includes(
        "secrets",
      ),
    ));

  it("lets a service out to the stores that name it, and to no other", () => {
    const stores = {
      postgres: { name: "db", namespace: "data", clients: ["shop/api"] },
      redis: { name: "cache", namespace: "data", clients: [] },
    };
    assert.deepEqual(
      reachesOf("shop/api", stores, false).map(one => one.ports),
      [[5432]],
    );
    assert.deepEqual(reachesOf("shop/web", stores, false), []);
  });
});
