import assert from "node:assert/strict";
import { plannedMarkdown } from "../../readiness/report/planned";

const step = (op: string, type: string, name: string, inputs: Record<string, unknown> = {}) => ({
  op,
  type,
  urn: `urn:pulumi:x::y::${type}::${name}`,
  inputs,
});
const chart = step("create", "kubernetes:helm.sh/v4:Chart", "tool", {
  name: "tool",
  chart: "tool",
  version: "1.2.3",
  namespace: "tools",
  values: { replicas: 2, auth: { password: "hunter2", existingSecret: "keys" } },
});

describe("what a preview would do", () => {
  it("lists resources by kind, and leaves out what stays as it is", () => {
    const text = plannedMarkdown("shop", [
      step("create", "kubernetes:core/v1:Namespace", "a", { metadata: { name: "shop" } }),
      step("same", "kubernetes:core/v1:Namespace", "b"),
      step("create", "pulumi:providers:kubernetes", "default"),
    ]);
    assert.match(text, /^1 resources of 1 kinds, 0 charts\./m);
    assert.match(text, /\| kubernetes:core\/v1:Namespace \| create 1 \| shop \|/);
  });

  it("names every chart with its version and values, and shows no secret among them", () => {
    const text = plannedMarkdown("shop", [chart]);
    assert.match(text, /tool, version 1.2.3, into the namespace tools; its objects are not rendered here\./);
    assert.match(text, /^ {4}replicas: 2$/m);
    assert.doesNotMatch(text, /hunter2/);
  });

  it("lets no name write markup", () =>
    assert.doesNotMatch(
      plannedMarkdown("shop", [step("create", "aws:s3/bucket:Bucket", "<script>alert(1)</script>")]),
      /<script>/,
    ));
});
