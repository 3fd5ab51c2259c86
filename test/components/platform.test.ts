import assert from "node:assert/strict";
import type { Registered } from "../../cli/in-process/engine";
import { nameOf, registeredBy } from "../support/program";

describe("the whole platform", function () {
  this.timeout(60_000);
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
});
