import assert from "node:assert/strict";
import { manifestOf, otherThanSigned } from "../../cli/planned-manifest";
import { unknownSentinels } from "../../model/unknown";
import type { Planned } from "../../readiness/report/planned";

const urn = (name: string) =>
  `urn:pulumi:staging::shop::greenlight:delivery:Service$kubernetes:apps/v1:Deployment::${name}`;
const step = (name: string, inputs: Record<string, unknown>, op = "create"): Planned => ({
  ...{ op, urn: urn(name), type: "kubernetes:apps/v1:Deployment", inputs },
});
const seal: Planned = {
  ...{ op: "create", urn: "urn:pulumi:staging::shop::greenlight:gate:Seal::seal", type: "greenlight:gate:Seal" },
  inputs: { fingerprint: "a" },
};
const planned = () => [
  step("api", { spec: { replicas: 3, env: [{ name: "HOST", value: unknownSentinels.string }] } }),
  step("web", { spec: { replicas: 2 }, password: "[secret]" }, "same"),
  seal,
];
const signed = manifestOf(planned());

describe("what a passport says is planned", () => {
  it("covers every resource, unknown leaves by their path, and none of our own groupings", () => {
    assert.deepEqual(Object.keys(signed.digests).sort(), [urn("api"), urn("web")]);
    assert.deepEqual(signed.unknown, { [urn("api")]: ["/spec/env/0/value"] });
    assert.deepEqual(signed.destroyed, []);
  });

  it("is the same for the same plan, whatever is done for it and in whatever order", () => {
    assert.deepEqual(otherThanSigned(signed, planned()), []);
    const later = planned()
      .map(one => ({ ...one, op: "update" }))
      .reverse();
    assert.deepEqual(otherThanSigned(signed, [...later.slice(1), { ...seal, inputs: { fingerprint: "b" } }]), []);
  });

  it("lets become known what was unknown, and nothing else", () => {
    const [api, web] = planned();
    const known = step("api", { spec: { replicas: 3, env: [{ name: "HOST", value: "postgres" }] } });
    assert.deepEqual(otherThanSigned(signed, [known, web!]), []);
    const fewer = step("api", { spec: { replicas: 1, env: [{ name: "HOST", value: "postgres" }] } });
    const otherwise = ["kubernetes:apps/v1:Deployment api is planned otherwise than was signed for"];
    assert.deepEqual(otherThanSigned(signed, [fewer, web!]), otherwise);
    const another = step("api", { spec: { replicas: 3, env: [{ name: "PATH", value: "x" }] } });
    assert.deepEqual(otherThanSigned(signed, [another, web!]), otherwise);
    const newlyUnknown = step("web", { spec: { replicas: unknownSentinels.number }, password: "[secret]" });
    assert.equal(otherThanSigned(signed, [api!, newlyUnknown]).length, 1);
  });

  it("names what is gone, what came, and what would be taken away or made anew", () => {
    const [api, web] = planned();
    assert.deepEqual(otherThanSigned(signed, [api!]), [
      "kubernetes:apps/v1:Deployment web was signed for, and is not planned now",
    ]);
    assert.deepEqual(otherThanSigned(signed, [api!, web!, step("extra", {})]), [
      "kubernetes:apps/v1:Deployment extra is planned now, and nobody signed for it",
    ]);
    const gone = step("old", { spec: {} }, "delete");
    assert.deepEqual(otherThanSigned(signed, [api!, web!, gone]), [
      "kubernetes:apps/v1:Deployment old would be taken away or replaced, and nobody signed for that",
    ]);
    assert.deepEqual(otherThanSigned(manifestOf([...planned(), gone]), [api!, web!, gone]), []);
    // What an update that was cut off has taken away already is not to be taken away again.
    assert.deepEqual(otherThanSigned(manifestOf([...planned(), gone]), [api!, web!]), []);
    const anew = { ...web!, op: "replace" };
    assert.equal(otherThanSigned(signed, [api!, anew]).length, 1);
  });

  it("tells a list from a shorter one, and an absent value from an empty one", () => {
    const one = manifestOf([step("api", { list: [1, 2], gone: undefined })]);
    for (const inputs of [{ list: [1] }, { list: [1, 2, 3] }, { list: [2, 1] }, { list: [1, 2], gone: "" }])
      assert.equal(otherThanSigned(one, [step("api", inputs)]).length, 1, JSON.stringify(inputs));
    assert.deepEqual(otherThanSigned(one, [step("api", { list: [1, 2] })]), []);
  });
});
