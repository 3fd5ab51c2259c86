import assert from "node:assert/strict";
import fc from "fast-check";
import { decode, encode } from "../../local/providers/wire";
import { changedPaths, checkInputs, maskPlanned, planOutputs, sameGroup } from "../../local/providers/kubernetes/plan";
import type { TreeObject } from "../../model/unknown";
import { UNKNOWN, unknownSentinels } from "../../model/unknown";

const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

describe("values on the wire", () => {
  it("unwraps secrets and remembers where they were", () => {
    const { tree, secrets } = decode({ data: { key: secret("x") }, list: [secret({ a: 1 })] });
    assert.deepEqual(tree, { data: { key: "x" }, list: [{ a: 1 }] });
    assert.deepEqual(secrets, [
      ["data", "key"],
      ["list", 0],
    ]);
    assert.deepEqual(encode(tree, secrets), { data: { key: secret("x") }, list: [secret({ a: 1 })] });
  });

  it("reads every kind of unknown, and an output without a value", () => {
    for (const sentinel of Object.values(unknownSentinels)) assert.equal(decode({ a: sentinel }).tree.a, UNKNOWN);
    assert.equal(
      decode({ a: { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4" } }).tree.a,
      UNKNOWN,
    );
  });

  it("gives back what it was given", () =>
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter(key => key !== "__proto__"),
          fc.jsonValue(),
        ),
        value => assert.deepEqual(encode(decode(value).tree), JSON.parse(JSON.stringify(value))),
      ),
    ));
});

describe("the stand-in's check", () => {
  const seed = Buffer.from("seed");
  it("names an object that has no name, the same for the same seed", () => {
    const check = () =>
      checkInputs("kubernetes:core/v1:ConfigMap", "settings", { data: {} }, undefined, seed).inputs
        .metadata as TreeObject;
    assert.match(String(check().name), /^settings-[0-9a-f]{8}$/);
    assert.deepEqual(check(), check());
  });

  it("keeps the name it made before", () => {
    const olds = { metadata: { name: "settings-1", annotations: { "pulumi.com/autonamed": "true" } } };
    const { inputs } = checkInputs("kubernetes:core/v1:ConfigMap", "settings", {}, olds, seed);
    assert.equal((inputs.metadata as TreeObject).name, "settings-1");
  });

  it("drops nulls from maps", () => {
    const { inputs } = checkInputs(
      "kubernetes:apps/v1:Deployment",
      "a",
      { metadata: { name: "a" }, spec: { replicas: null, list: [null] } },
      undefined,
      seed,
    );
    assert.deepEqual(inputs.spec, { list: [null] });
  });

  it("refuses a kind that is not the type's", () =>
    assert.deepEqual(
      checkInputs("kubernetes:apps/v1:Deployment", "a", { kind: "Pod", metadata: { name: "a" } }, undefined, seed)
        .failures,
      [{ property: "kind", reason: "kind is Pod; need Deployment, as the resource type says" }],
    ));
});

describe("the stand-in's plan", () => {
  it("foresees the inputs, and knows what only the server can tell", () => {
    const planned = planOutputs({ kind: "Service", metadata: { name: "a" }, spec: { ports: [] } });
    assert.equal((planned.metadata as TreeObject).name, "a");
    assert.equal((planned.metadata as TreeObject).uid, UNKNOWN);
    assert.equal((planned.spec as TreeObject).clusterIP, UNKNOWN);
    assert.equal(planned.status, UNKNOWN);
  });

  it("masks what a dry run made up", () => {
    const masked = maskPlanned(
      {
        kind: "Service",
        metadata: { name: "a", uid: "made-up" },
        spec: { clusterIP: "10.0.0.1", type: "ClusterIP" },
        status: {},
      },
      { kind: "Service", metadata: { name: "a" }, spec: {} },
    );
    assert.equal((masked.metadata as TreeObject).uid, UNKNOWN);
    assert.equal((masked.spec as TreeObject).clusterIP, UNKNOWN);
    assert.equal((masked.spec as TreeObject).type, "ClusterIP");
  });
});

describe("differences", () => {
  it("are the changed paths", () => {
    assert.deepEqual(changedPaths({ a: 1, b: { c: [1, 2] } }, { a: 1, b: { c: [1, 3] } }), [["b", "c", "[1]"]]);
    assert.deepEqual(changedPaths({ a: 1 }, { b: 1 }), [["a"], ["b"]]);
    assert.deepEqual(changedPaths({ a: [1] }, { a: [1, 2] }), [["a"]]);
    assert.deepEqual(changedPaths({ a: { b: 1 } }, { a: { b: 1 } }), []);
  });
  it("of the version within a group make no other object", () => {
    assert.equal(sameGroup("apps/v1", "apps/v1beta1"), true);
    assert.equal(sameGroup("v1", "apps/v1"), false);
  });
});
