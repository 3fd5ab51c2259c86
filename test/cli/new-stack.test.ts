import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { copyOfCheckout, greenlight } from "../support/local-stack";

describe("greenlight new stack", function () {
  this.timeout(60_000);
  let copy: string;
  before(() => (copy = copyOfCheckout()));
  after(() => fs.rmSync(path.dirname(copy), { recursive: true, force: true }));
  const inStacks = (...parts: string[]) => path.join(copy, "stacks", ...parts);

  it("writes an environment, its base and its rota; the guides' test shows that no rule has anything against them", async () => {
    const options = ["--system", "shop", "--domain", "shop.example.org", "--account", "999988887777"];
    const made = await greenlight(["new", "stack", "europe", ...options], {}, copy);
    assert.equal(made.code, 0, made.stderr);
    for (const file of [
      "Pulumi.europe.yaml",
      "Pulumi.europe-base.yaml",
      "europe/oncall.yaml",
      "europe/evidence.yaml",
      "europe/load.yaml",
    ])
      assert.ok(made.stdout.includes(`wrote stacks/${file}`), made.stdout);
    const text = fs.readFileSync(inStacks("Pulumi.europe.yaml"), "utf8");
    assert.match(text, /host: api\.shop\.example\.org/);
    assert.match(text, /greenlight:base: europe-base/);
    const base = fs.readFileSync(inStacks("Pulumi.europe-base.yaml"), "utf8");
    assert.match(base, /greenlight:account: "999988887777"/);
    assert.match(base, /greenlight:environment: europe/);
  });

  it("overwrites nothing, and leaves nothing behind when an answer cannot be", async () => {
    const again = await greenlight(["new", "stack", "production"], {}, copy);
    assert.equal(again.code, 64);
    assert.match(again.stderr, /stack production is there already; need a new name\. Nothing was overwritten\./);
    const wrong = await greenlight(["new", "stack", "asia", "--account", "12"], {}, copy);
    assert.equal(wrong.code, 64);
    assert.match(wrong.stderr, /--account is "12"; need twelve digits\./);
    assert.equal(fs.existsSync(inStacks("Pulumi.asia.yaml")), false);
  });
});
