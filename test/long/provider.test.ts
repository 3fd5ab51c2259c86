import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../local/process";
import type { Obj, ProviderProject } from "../support/provider-project";
import { config, namespace, providerProject } from "../support/provider-project";

/**
 * The contract of a Kubernetes provider: what goes in and what must come of it. `PROVIDER=official` runs the same cases
 * against the official plugin, which must then be on PATH or in the plugin cache; docs/stand-in-provider.md lists where
 * the two are known to differ.
 */
describe("the Kubernetes provider, against the real API server", function () {
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

  const deployment = (change: { app?: string; node?: object; cpu?: string } = {}): Obj => {
    const labels = { app: change.app ?? "web" };
    const containers = [{ name: "web", image: "web", resources: { requests: { cpu: change.cpu ?? "10m" } } }];
    return {
      type: "apps/v1:Deployment",
      name: "web",
      props: {
        metadata: { name: "web", namespace: "provider-test" },
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers, nodeSelector: change.node } },
        },
      },
      options: { customTimeouts: { create: "5s", update: "5s" } },
    };
  };

  it("previews a namespace and what lives in it, though neither is there yet, and creates both", async () => {
    const said = await up([namespace, config({ a: "1" })]);
    assert.match(said, /\+ 3 created/);
    assert.equal(await kubectl("get", "configmap", "settings", "-n", "provider-test", "-o", "jsonpath={.data.a}"), "1");
  });

  it("updates in place, and a key that is dropped goes", async () => {
    assert.match(await up([namespace, config({ b: "2" })]), /~ 1 updated/);
    assert.equal(
      await kubectl("get", "configmap", "settings", "-n", "provider-test", "-o", "jsonpath={.data}"),
      '{"b":"2"}',
    );
  });

  it("changes nothing when nothing changed", async () =>
    assert.match(await up([namespace, config({ b: "2" })]), /3 unchanged/));

  it("says who else owns a field that it would change", async () => {
    const theirs = path.join(project.dir, "theirs.yaml");
    fs.writeFileSync(
      theirs,
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: provider-test, labels: {owner: them}}\n",
    );
    await kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=another-team", "-f", theirs);
    const said = await up([namespace, config({ b: "2" }, { owner: "us" })], false);
    assert.match(said, /conflict with "another-team".*metadata\.labels\.owner/s);
    assert.equal(
      await kubectl("get", "configmap", "settings", "-n", "provider-test", "-o", "jsonpath={.metadata.labels.owner}"),
      "them",
    );
  });

  it("refuses a misspelt field at preview, by name", async () => {
    const bad = deployment();
    (bad.props as { spec: { replica?: number } }).spec.replica = 3;
    assert.match(await up([namespace, bad], false), /unknown field "spec\.replica"/);
  });

  it("keeps the data of a Secret secret in the state, whatever the program says", async () => {
    const secret: Obj = {
      type: "core/v1:Secret",
      name: "key",
      props: { metadata: { name: "key", namespace: "provider-test" }, stringData: { plain: "not-so-plain" } },
    };
    const marked: Obj = {
      ...secret,
      name: "marked",
      props: { metadata: { name: "marked", namespace: "provider-test" } },
      secret: "told-to-nobody",
    };
    await up([namespace, secret, marked]);
    const state = (await pulumi("stack", "export")).stdout;
    for (const text of ["not-so-plain", "told-to-nobody"]) {
      assert.ok(
        !JSON.stringify(JSON.parse(state)).includes(Buffer.from(text).toString("base64")),
        `${text} in base64 stands in the state`,
      );
      if (text === "told-to-nobody") assert.ok(!state.includes(text), `${text} stands in the state`);
    }
    assert.equal(
      Buffer.from(
        await kubectl("get", "secret", "marked", "-n", "provider-test", "-o", "jsonpath={.data.key}"),
        "base64",
      ).toString(),
      "told-to-nobody",
    );
  });

  it("waits for a Deployment, and says what it lacks; the next run goes on with the same object", async () => {
    const said = await up([namespace, deployment({ node: { nowhere: "true" } })], false);
    assert.match(said, /Deployment provider-test\/web is not ready after 5 s: 1 of 1 updated, 0 ready/);
    assert.match(said, /FailedScheduling/);
    const uid = await kubectl("get", "deployment", "web", "-n", "provider-test", "-o", "jsonpath={.metadata.uid}");
    await up([namespace, deployment()]);
    assert.equal(
      await kubectl("get", "deployment", "web", "-n", "provider-test", "-o", "jsonpath={.metadata.uid}"),
      uid,
    );
  });

  it("replaces what the API calls immutable, and nothing else", async () => {
    const uid = () => kubectl("get", "deployment", "web", "-n", "provider-test", "-o", "jsonpath={.metadata.uid}");
    const before = await uid();
    await up([namespace, deployment({ cpu: "20m" })]);
    assert.equal(await uid(), before);
    const said = await up([namespace, deployment({ cpu: "20m", app: "other" })]);
    assert.match(said, /spec\.selector|\+-|replaced/);
    assert.notEqual(await uid(), before);
  });

  it("replaces a StatefulSet and a pod where the API refuses the change in other words", async () => {
    const labels = { app: "set" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "web", image: "web" }] } };
    const both = (podManagementPolicy: string, hostname: string): Obj[] => [
      {
        type: "apps/v1:StatefulSet",
        name: "set",
        props: {
          metadata: { name: "set", namespace: "provider-test", annotations: { "pulumi.com/skipAwait": "true" } },
          spec: { serviceName: "set", selector: { matchLabels: labels }, podManagementPolicy, template },
        },
      },
      {
        type: "core/v1:Pod",
        name: "pod",
        props: {
          metadata: { name: "pod", namespace: "provider-test", annotations: { "pulumi.com/skipAwait": "true" } },
          spec: { hostname, containers: [{ name: "web", image: "web" }] },
        },
      },
    ];
    await up([namespace, ...both("OrderedReady", "a")]);
    const said = await up([namespace, ...both("Parallel", "b")]);
    assert.match(said, /\+-2 replaced/);
    assert.equal(
      await kubectl("get", "statefulset", "set", "-n", "provider-test", "-o", "jsonpath={.spec.podManagementPolicy}"),
      "Parallel",
    );
    await up([namespace, deployment({ cpu: "20m", app: "other" })]);
  });

  it("notices at refresh what vanished, and makes it again", async () => {
    await kubectl("delete", "deployment", "web", "-n", "provider-test");
    assert.equal((await pulumi("refresh", "--yes")).code, 0);
    assert.match(await up([namespace, deployment({ cpu: "20m", app: "other" })]), /\+ 1 created/);
  });

  it("takes what somebody else changed for drift at refresh, and sets it back", async () => {
    await up([namespace, config({ a: "1" })]);
    await kubectl("patch", "configmap", "settings", "-n", "provider-test", "-p", '{"data":{"a":"theirs","b":"more"}}');
    assert.match((await pulumi("refresh", "--yes")).stdout, /~ 1 updated/);
    const said = await pulumi("up", "--yes");
    // Their change is a field they own now: it is not taken from them in silence.
    assert.match(said.stdout, /conflict with "kubectl-patch"/);
    const forced = config({ a: "1" });
    (forced.props as { metadata: { annotations?: object } }).metadata.annotations = { "pulumi.com/patchForce": "true" };
    await up([namespace, forced]);
    const data = await kubectl("get", "configmap", "settings", "-n", "provider-test", "-o", "jsonpath={.data}");
    assert.deepEqual(JSON.parse(data), { a: "1", b: "more" });
    assert.match((await pulumi("refresh", "--yes")).stdout, /3 unchanged/);
  });

  it("takes another spelling of the same quantity for no drift", async () => {
    const limited: Obj = {
      type: "core/v1:ResourceQuota",
      name: "quota",
      props: { metadata: { name: "quota", namespace: "provider-test" }, spec: { hard: { cpu: "1000m" } } },
    };
    await up([namespace, limited]);
    assert.match((await pulumi("refresh", "--yes")).stdout, /3 unchanged/);
    assert.match(await up([namespace, limited]), /3 unchanged/);
  });

  it("names what has no name, and keeps that name", async () => {
    const unnamed: Obj = {
      type: "core/v1:ConfigMap",
      name: "auto",
      props: { metadata: { namespace: "provider-test" } },
    };
    await up([namespace, unnamed]);
    const names = () => kubectl("get", "configmap", "-n", "provider-test", "-o", "name");
    const first = /auto-[0-9a-f]{8}/.exec(await names())?.[0];
    assert.ok(first, await names());
    await up([namespace, { ...unnamed, props: { metadata: { namespace: "provider-test" }, data: { a: "1" } } }]);
    assert.ok((await names()).includes(first));
  });

  it("deletes and waits until it is gone", async () => {
    await up([]);
    assert.equal((await run("kubectl", ["get", "namespace", "provider-test"], { env: project.env })).code, 1);
  });
});
