import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Registered } from "../../cli/in-process/engine";
import { capture } from "../../local/process";
import { root } from "../../local/state";
import { copyOfCheckout } from "../support/local-stack";
import { nameOf, registeredBy } from "../support/program";

describe("the whole platform", function () {
  this.timeout(180_000);
  let platform: Registered[];
  before(async () => {
    platform = await registeredBy("local");
  });

  it("opens every connection on both sides: what a store lets in, its client lets out", () => {
    const policies = platform.filter(one => one.type.endsWith(":NetworkPolicy"));
    const of = (name: string) => JSON.stringify(policies.find(one => nameOf(one) === `NetworkPolicy ${name}`)!.inputs);
    assert.match(of("inulearning/api"), /cnpg.io\/poolerName/);
    assert.match(of("data/postgres-pooler"), /"app.kubernetes.io\/name":"api"/);
    assert.doesNotMatch(of("inulearning/analysis"), /cnpg.io\/poolerName/);
  });

  it("has the API server let off what the stack's waivers let off, and nothing where there is none", async () => {
    const waived = (all: Registered[]): Record<string, string>[] =>
      all
        .filter(one => one.type.endsWith(":ValidatingAdmissionPolicy"))
        .map(({ inputs }) => (inputs.metadata as { annotations?: Record<string, string> }).annotations ?? {})
        .filter(annotations => Object.keys(annotations).length > 0);
    assert.deepEqual(waived(platform), []);
    const checkout = copyOfCheckout();
    const dir = path.join(checkout, "stacks", "local");
    fs.copyFileSync(path.join(root, "examples", "agent", "waivers.yaml"), path.join(dir, "waivers.yaml"));
    // The gate lets no checkout run another's program: the copy asks itself.
    const ask =
      'require("./bin/test/support/program.js").registeredBy("local").then(all => console.log(JSON.stringify(all)))';
    const all = JSON.parse(await capture("node", ["-e", ask], { cwd: checkout })) as Registered[];
    const [found, ...more] = waived(all);
    assert.match(found!["greenlight.dev/lets-off"]!, /^GL-POD-09 DaemonSet bookshop\/agent until .*; GL-POD-18 /);
    assert.deepEqual(more, []);
    fs.rmSync(path.dirname(checkout), { recursive: true });
  });
});
