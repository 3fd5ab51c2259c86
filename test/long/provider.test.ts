import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { RunResult } from "../../local/process";
import { capture, run } from "../../local/process";
import { root } from "../../local/state";
import { localStack, shellEnv, temporary } from "../support/local-stack";

/** A program whose objects are read from a file, so that a test changes them between runs. */
const program = `
const k8s = require("@pulumi/kubernetes");
const pulumi = require("@pulumi/pulumi");
const { objects } = JSON.parse(require("fs").readFileSync("objects.json", "utf8"));
for (const { type, name, props, options, secret } of objects) {
  const [group, kind] = type.split(":");
  const Class = group.split("/").reduce((scope, part) => scope[part], k8s)[kind];
  const inputs = secret ? { ...props, stringData: { key: pulumi.secret(secret) } } : props;
  new Class(name, inputs, options);
}
`;

interface Obj {
  type: string;
  name: string;
  props: object;
  options?: object;
  secret?: string;
}

/**
 * The contract of a Kubernetes provider: what goes in and what must come of it. `PROVIDER=official` runs the same cases
 * against the official plugin, which must then be on PATH or in the plugin cache; docs/stand-in-provider.md lists where
 * the two are known to differ.
 */
describe("the Kubernetes provider, against the real API server", function () {
  this.timeout(120_000);
  let dir: string;
  let env: NodeJS.ProcessEnv;

  before(async function () {
    this.timeout(45 * 60_000);
    await localStack();
    dir = temporary();
    // Not our program and not under our gate: the provider alone is looked at.
    env = { ...(await shellEnv()), PULUMI_STACK: undefined };
    for (const name of Object.keys(env).filter(one => one.startsWith("PULUMI_OPTION_"))) delete env[name];
    env.PULUMI_BACKEND_URL = `file://${dir}`;
    if (process.env.PROVIDER === "official")
      env.PATH = env
        .PATH!.split(path.delimiter)
        .filter(one => !one.startsWith(path.join(root, "local")))
        .join(path.delimiter);
    fs.writeFileSync(
      path.join(dir, "Pulumi.yaml"),
      "name: provider-test\nruntime:\n  name: nodejs\n  options: {typescript: false}\n",
    );
    fs.writeFileSync(path.join(dir, "package.json"), '{"name":"provider-test","main":"index.js"}');
    fs.writeFileSync(path.join(dir, "index.js"), program);
    fs.symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
    await capture("pulumi", ["stack", "init", "test", "--non-interactive"], { cwd: dir, env });
  });

  after(async () => {
    await run("pulumi", ["destroy", "--yes", "--non-interactive"], { cwd: dir, env });
    fs.rmSync(dir, { recursive: true, force: true });
  });

  const pulumi = (...args: string[]): Promise<RunResult> =>
    run("pulumi", [...args, "--non-interactive", "--color", "never"], { cwd: dir, env });
  const kubectl = (...args: string[]): Promise<string> => capture("kubectl", args, { env });
  const namespace: Obj = { type: "core/v1:Namespace", name: "ns", props: { metadata: { name: "provider-test" } } };
  const config = (data: object, labels: object = {}): Obj => ({
    type: "core/v1:ConfigMap",
    name: "settings",
    props: { metadata: { name: "settings", namespace: "provider-test", labels }, data },
  });

  /** Runs `up` with these objects and gives what it said; `code` is what it must end with. */
  async function up(objects: Obj[], ok = true): Promise<string> {
    fs.writeFileSync(path.join(dir, "objects.json"), JSON.stringify({ objects }));
    const done = await pulumi("up", "--yes");
    assert.equal(done.code === 0, ok, done.stdout + done.stderr);
    return done.stdout;
  }

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
    const theirs = path.join(dir, "theirs.yaml");
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

  it("deletes and waits until it is gone", async () => {
    await up([]);
    assert.equal((await run("kubectl", ["get", "namespace", "provider-test"], { env })).code, 1);
  });
});
