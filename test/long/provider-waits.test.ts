import assert from "node:assert/strict";
import type { Obj, ProviderProject } from "../support/provider-project";
import { namespace, providerProject } from "../support/provider-project";

/** The second half of the contract (see provider.test.ts): what is waited for, and what is taken over. */
describe("the Kubernetes provider waits and imports", function () {
  this.timeout(120_000);
  let project: ProviderProject;

  before(async function () {
    this.timeout(45 * 60_000);
    project = await providerProject();
  });
  after(() => project.remove());

  const up: ProviderProject["up"] = (...args) => project.up(...args);
  const pulumi: ProviderProject["pulumi"] = (...args) => project.pulumi(...args);
  const kubectl: ProviderProject["kubectl"] = (...args) => project.kubectl(...args);

  const monitor = (waitFor: string): Obj => ({
    type: "apiextensions:CustomResource",
    name: "monitor",
    props: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: { name: "monitor", namespace: "provider-test", annotations: { "pulumi.com/waitFor": waitFor } },
      spec: { selector: {}, endpoints: [{ port: "metrics" }] },
    },
    options: { customTimeouts: { create: "2s", update: "2s" } },
  });

  it("waits for what pulumi.com/waitFor says of a custom resource, and says what it waited for", async () => {
    assert.match(
      await up([namespace, monitor("condition=Ready")], false),
      /ServiceMonitor provider-test\/monitor is not ready.*condition=Ready/s,
    );
    assert.match(await up([namespace, monitor("jsonpath={.spec.endpoints[0].port}=metrics")]), /~ 1 updated/);
  });

  it("refuses a waitFor that it cannot read", async () =>
    assert.match(
      await up([namespace, monitor("jsonpath={.items[*].x}")], false),
      /pulumi\.com\/waitFor is .*; need condition=/,
    ));

  it("waits for no claim that is bound only once a pod wants it, and for no headless service", async () => {
    const claim: Obj = {
      type: "core/v1:PersistentVolumeClaim",
      name: "claim",
      props: {
        metadata: { name: "claim", namespace: "provider-test" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
      options: { customTimeouts: { create: "5s" } },
    };
    const headless: Obj = {
      type: "core/v1:Service",
      name: "headless",
      props: {
        metadata: { name: "headless", namespace: "provider-test" },
        spec: { clusterIP: "None", selector: { app: "nobody" }, ports: [{ port: 80 }] },
      },
      options: { customTimeouts: { create: "5s" } },
    };
    await up([namespace, claim, headless]);
    const alone: Obj = {
      ...headless,
      name: "alone",
      props: {
        metadata: { name: "alone", namespace: "provider-test" },
        spec: { selector: { app: "nobody" }, ports: [{ port: 80 }] },
      },
    };
    assert.match(
      await up([namespace, claim, headless, alone], false),
      /Service provider-test\/alone is not ready after 5 s: no pod that is ready behind it/,
    );
  });

  it("imports what exists, and nothing changes by it", async () => {
    await kubectl("create", "configmap", "theirs", "-n", "provider-test", "--from-literal=a=1");
    const parts = [
      "import",
      "kubernetes:core/v1:ConfigMap",
      "theirs",
      "provider-test/theirs",
      "--yes",
      "--skip-preview",
    ];
    const imported = await pulumi(...parts, "--protect=false", "--generate-code=false");
    assert.equal(imported.code, 0, imported.stdout + imported.stderr);
    const theirs: Obj = {
      type: "core/v1:ConfigMap",
      name: "theirs",
      props: { metadata: { name: "theirs", namespace: "provider-test" }, data: { a: "1" } },
    };
    assert.match(await up([namespace, theirs]), /3 unchanged|- \d+ deleted/);
  });
});
